# Files of the host that the runtime itself mounts for every container.
for path in ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf"):
    try:
        open(path, "a").close()
        print(path, "is writable")
    except OSError as error:
        print(path, error.strerror)
