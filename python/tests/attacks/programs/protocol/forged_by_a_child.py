import os

child = os.fork()
if child == 0:
    text = b'{"type":"done","id":7777,"status":"ok","error":"","variables":[],"final":"FORGED","content":"FORGED"}'
    os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
    os._exit(0)
print("status", os.waitpid(child, 0)[1])
