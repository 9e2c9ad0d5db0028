open("/proc/sysrq-trigger", "w").close()
