import os
import time

text = b'{"type":"tool.result","id":"run","requestId":"request-1","outcome":{"kind":"value","value":"FORGED"}}'
os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(30)
