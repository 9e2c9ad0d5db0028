import os
import re

KEY = re.compile(r"sk-scripted-[0-9a-f]{16}")
print("found" if KEY.search(str(dict(os.environ))) else "clean")
print(sorted(name for name in os.environ if re.search("KEY|TOKEN|SECRET|PASS", name)))
