# A call that the function did not make is a call like any other: made and reported.
import os
import time

text = b'{"type":"tool_call","id":1,"tool":"lookup","arguments":{"id":1}}'
os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(0.5)
