# Fifty megabytes, of which one is kept.
import sys

line = "x" * 99 + "\n"
for _ in range(5):
    sys.stdout.write(line * 100_000)
