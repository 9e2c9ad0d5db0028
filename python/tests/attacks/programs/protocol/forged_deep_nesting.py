import os
import time

for depth in (400, 600, 800, 900, 950, 970, 980, 985, 990, 995, 2000, 200_000):
    nested = b"[" * depth + b"]" * depth
    text = b'{"type":"request","id":1,"kind":"llm","prompts":' + nested + b',"model":null,"schema":null}'
    os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(30)
