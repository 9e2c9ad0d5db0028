# A call that the function did not make is a call like any other: made and reported.
# Under an id of no call of this interpreter's, as in flood_of_tool_calls: the reply may come when its next block runs.
import os
import time

text = b'{"type":"tool_call","id":1000000,"tool":"lookup","arguments":{"id":1}}'
os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(0.5)
