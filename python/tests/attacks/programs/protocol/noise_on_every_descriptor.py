import os
import time

for descriptor in range(3, 256):
    try:
        os.write(descriptor, b"\0noise")
    except OSError:
        continue
time.sleep(30)
