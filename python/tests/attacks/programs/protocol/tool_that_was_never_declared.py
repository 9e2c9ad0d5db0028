import os
import time

for name in ("other", "", "__proto__", "constructor", "answer.check", "lookup ", "\\u0000"):
    text = b'{"type":"tool_call","id":1,"tool":"' + name.encode() + b'","arguments":{}}'
    os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(0.5)
