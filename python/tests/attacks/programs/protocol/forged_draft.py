# An answer so far that nobody asked for, with the number of every code block.
import os

for block in range(1, 50):
    text = b'{"type":"draft","id":%d,"content":"FORGED"}' % block
    os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
