import glob
import re

KEY = re.compile(rb"sk-scripted-[0-9a-f]{16}")
found = []
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/task/*/environ"):
    try:
        found += KEY.findall(open(path, "rb").read())
    except OSError:
        continue
print("found" if found else "clean")
