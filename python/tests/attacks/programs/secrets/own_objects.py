import gc
import re

KEY = re.compile(r"sk-scripted-[0-9a-f]{16}")
found = []
for thing in gc.get_objects():
    for value in gc.get_referents(thing):
        if type(value) is str:
            found += KEY.findall(value)
print("found" if found else "clean")
