for path in ("/proc/kcore", "/dev/mem", "/dev/kmem", "/dev/kmsg", "/proc/kallsyms", "/sys/kernel/debug/tracing"):
    try:
        data = open(path, "rb").read(100)
        print(path, "zeroes" if not data.strip(b"0 ").startswith(b"f") else "readable")
    except OSError as error:
        print(path, type(error).__name__)
