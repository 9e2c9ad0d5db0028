# A schema that is no text, past the function that makes it one.
import os
import time

text = b'{"type":"request","id":1,"kind":"llm","prompts":["forged"],"model":null,"schema":{"type":"object"}}'
os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(30)
