import os

mine = {1, os.getpid()}
print(sorted(int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) not in mine))
