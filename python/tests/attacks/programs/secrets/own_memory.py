import re

KEY = re.compile(rb"sk-scripted-[0-9a-f]{16}")
found, searched = [], 0
with open("/proc/self/mem", "rb", 0) as memory:
    for line in open("/proc/self/maps"):
        addresses, rights = line.split()[:2]
        if rights[0] == "r" and "[v" not in line:
            start, end = (int(address, 16) for address in addresses.split("-"))
            try:
                memory.seek(start)
                found += KEY.findall(memory.read(end - start))
            except (OSError, OverflowError, ValueError):
                continue
            searched += end - start
print("found" if found else "clean", searched > 1 << 20)
