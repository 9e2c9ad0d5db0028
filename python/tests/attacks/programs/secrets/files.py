import os
import re

KEY = re.compile(rb"sk-scripted-[0-9a-f]{16}")
found, searched = [], 0
for root in ("/etc", "/home", "/root", "/run", "/tmp", "/var", "/opt", "/srv", "/mnt", "/dev/shm"):
    for folder, _, files in os.walk(root):
        for name in files:
            try:
                found += KEY.findall(open(os.path.join(folder, name), "rb").read(1 << 20))
                searched += 1
            except OSError:
                continue
print("found" if found else "clean", searched > 50)
