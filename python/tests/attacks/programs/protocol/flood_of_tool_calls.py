# Under an id of no call of this interpreter's: on a busy machine the last replies come when its next block runs.
import os
import time

text = b'{"type":"tool_call","id":1000000,"tool":"other","arguments":{}}'
frame = b"J" + len(text).to_bytes(4, "big") + text
for _ in range(20):
    left = memoryview(frame * 100)
    while left:
        left = left[os.write(3, left) :]
time.sleep(0.5)
print("sent 2000")
