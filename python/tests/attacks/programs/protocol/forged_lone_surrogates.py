# Under an id of no call of this interpreter's, as in flood_of_tool_calls: the reply may come when its next block runs.
import os
import time

text = rb'{"type":"request","id":1000000,"kind":"llm","prompts":["\ud800 \udfff"],"model":null,"schema":null}'
os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(0.5)
