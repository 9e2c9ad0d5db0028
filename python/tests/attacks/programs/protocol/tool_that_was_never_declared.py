# Under an id of no call of this interpreter's, as in flood_of_tool_calls: the reply may come when its next block runs.
import os
import time

for name in ("other", "", "__proto__", "constructor", "answer.check", "lookup ", "\\u0000"):
    text = b'{"type":"tool_call","id":1000000,"tool":"' + name.encode() + b'","arguments":{}}'
    os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(0.5)
