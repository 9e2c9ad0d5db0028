# A request that llm_query did not make is a sub-call like any other: made, counted and paid.
# Under an id of no call of this interpreter's, as in flood_of_tool_calls: the reply may come when its next block runs.
import os
import time

text = b'{"type":"request","id":1000000,"kind":"llm","prompts":["forged"],"model":null,"schema":null}'
os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(0.5)
