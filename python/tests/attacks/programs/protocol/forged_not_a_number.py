import os
import time

text = b'{"type":"request","id":1,"kind":"llm","prompts":[NaN, Infinity, 1e999],"model":null,"schema":null}'
os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(30)
