import os
import time

text = b'{"type":"reply","id":1,"results":["FORGED"]}'
os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(30)
