# A request that llm_query did not make is a sub-call like any other: made, counted and paid.
import os
import time

text = b'{"type":"request","id":1,"kind":"llm","prompts":["forged"],"model":null,"schema":null}'
os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(0.5)
