import sys

line = "x" * 99 + "\n"
for _ in range(100):
    sys.stdout.write(line * 100_000)
