open("/proc/sys/kernel/core_pattern", "w").close()
