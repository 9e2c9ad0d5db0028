import os

kinds = []
for name in os.listdir("/proc/self/fd"):
    try:
        kinds.append((int(name), os.readlink(f"/proc/self/fd/{name}").split(":")[0]))
    except OSError:
        continue
print(sorted(kinds))
