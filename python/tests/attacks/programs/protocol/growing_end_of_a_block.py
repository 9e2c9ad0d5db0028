# A report of a block that ends, with numbers that grow when they are written again.
import os
import time

fields = b'"status":"ok","error":"","final":null,"content":null,"variables":[' + b'["n",true,1e15],' * 60_000 + b"[]]"
for block in range(1, 20):
    text = b'{"type":"done","id":%d,%b}' % (block, fields)
    left = memoryview(b"J" + len(text).to_bytes(4, "big") + text)
    while left:
        left = left[os.write(3, left) :]
time.sleep(30)
