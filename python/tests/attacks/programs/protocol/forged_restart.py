import os
import time

text = b'{"type":"lost","life":7,"reason":"FORGED"}'
os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(30)
