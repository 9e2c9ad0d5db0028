# The channel is not passed on to programs: what they write goes to their own descriptors.
import subprocess
import sys

forge = """
import os
for descriptor in range(3, 256):
    try:
        os.write(descriptor, b"J\\0\\0\\0\\2{}")
        print("wrote to", descriptor)
    except OSError:
        pass
"""
print(subprocess.run([sys.executable, "-c", forge], capture_output=True, text=True, close_fds=False).stdout or "none")
