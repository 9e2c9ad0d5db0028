import os
import time

for levels in (101, 100_000):
    nested = []
    for _ in range(levels):
        nested = [nested]
    try:
        lookup(nested)
    except ValueError as error:
        print(type(error).__name__, end=" ", flush=True)
for depth in (100, 400, 950, 985, 995, 200_000):
    text = b'{"type":"tool_call","id":1,"tool":"lookup","arguments":{"id":' + b"[" * depth + b"]" * depth + b"}}"
    os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(30)
