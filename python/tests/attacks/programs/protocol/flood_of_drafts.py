# More than the memory of the REPL in answers so far that nobody asked for.
import os

text = b'{"type":"draft","id":1,"content":"%b"}' % (b"x" * 1_000_000)
for _ in range(270):
    left = memoryview(b"J" + len(text).to_bytes(4, "big") + text)
    while left:
        left = left[os.write(3, left) :]
