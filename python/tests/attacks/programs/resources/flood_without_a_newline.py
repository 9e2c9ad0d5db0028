# Fifty megabytes, of which one is kept.
import os

data = b"x" * (10 << 20)
for _ in range(5):
    left = memoryview(data)
    while left:
        left = left[os.write(2, left) :]
