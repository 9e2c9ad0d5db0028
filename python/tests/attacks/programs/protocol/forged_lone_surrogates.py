import os
import time

text = rb'{"type":"request","id":1,"kind":"llm","prompts":["\ud800 \udfff"],"model":null,"schema":null}'
os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(0.5)
