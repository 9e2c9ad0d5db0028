import os
import time

text = (
    b'{"type":"request","id":1,"kind":"llm","prompts":[[' + b'"a",' * (3 << 20) + b'"a"]],"model":null,"schema":null}'
)
left = memoryview(b"J" + len(text).to_bytes(4, "big") + text)
while left:
    left = left[os.write(3, left) :]
time.sleep(30)
