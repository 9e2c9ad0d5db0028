# More of an error, a variable and an answer than the interpreter itself would ever report.
import os

long = b"x" * 9_000_000
fields = b'"status":"error","error":"%b","final":null,"content":"%b","variables":[["%b",true,"%b"]]' % (
    long[:2_000_000],
    long,
    long[:100_000],
    long[:100_000],
)
for block in range(1, 12):
    text = b'{"type":"done","id":%d,%b}' % (block, fields)
    left = memoryview(b"J" + len(text).to_bytes(4, "big") + text)
    while left:
        left = left[os.write(3, left) :]
