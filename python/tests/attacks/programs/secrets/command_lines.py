import os
import re

KEY = re.compile(rb"sk-scripted-[0-9a-f]{16}")
process, found = os.getpid(), []
for _ in range(3):
    found += KEY.findall(open(f"/proc/{process}/cmdline", "rb").read())
    process = int(open(f"/proc/{process}/stat").read().rpartition(")")[2].split()[1])
    if process == 0:
        break
print("found" if found else "clean")
