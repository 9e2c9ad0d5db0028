import os
import time

text = b'{"type":"tool_call","id":1,"tool":"lookup","arguments":{"id":[' + b"[]," * 1_000_000 + b"[]]}}"
left = memoryview(b"J" + len(text).to_bytes(4, "big") + text)
while left:
    left = left[os.write(3, left) :]
time.sleep(30)
