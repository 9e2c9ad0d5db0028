import os
import time


class Hostile(dict):
    def items(self):
        raise LookupError


circle = {}
circle["self"] = circle
for value in (object(), {1}, b"x", 1j, float("nan"), 10**400, {1: 2}, circle, Hostile(a=1)):
    try:
        lookup(value)
    except Exception as error:
        print(type(error).__name__, end=" ", flush=True)
for value in (b"NaN", b"1e999", b"-Infinity", b"1" * 400, b"1" * 5000):
    text = b'{"type":"tool_call","id":1,"tool":"lookup","arguments":{"id":' + value + b"}}"
    os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
time.sleep(30)
