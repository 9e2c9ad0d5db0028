import os
import time

text = b'{"type":"request","id":1,"kind":"llm","prompts":[' + b"9" * 1_000_000 + b'],"model":null,"schema":null}'
os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(30)
