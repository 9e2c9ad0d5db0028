# 3 MB of empty lists become 80 MB of objects in whoever decodes them.
import os
import time

text = b'{"type":"request","id":1,"kind":"llm","prompts":[[' + b"[]," * (1 << 20) + b'[]]],"model":null,"schema":null}'
left = memoryview(b"J" + len(text).to_bytes(4, "big") + text)
while left:
    left = left[os.write(3, left) :]
time.sleep(30)
