# Under an id of no call of this interpreter's, as in flood_of_tool_calls: the reply may come when its next block runs.
import os
import time

try:
    lookup("x" * 70_000_000)
except ValueError as error:
    print("ValueError", str(error).split()[1], end=" ")
text = b'{"type":"tool_call","id":1000000,"tool":"lookup","arguments":{"id":"' + b"x" * 11_000_000 + b'"}}'
left = memoryview(b"J" + len(text).to_bytes(4, "big") + text)
while left:
    left = left[os.write(3, left) :]
time.sleep(0.5)
print("sent 11")
