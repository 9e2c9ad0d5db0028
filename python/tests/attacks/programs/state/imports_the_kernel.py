import sys

print([name for name in sys.modules if "rlm" in name or "kernel" in name])
