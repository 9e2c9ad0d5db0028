# Whichever reply comes first is what llm_query returns: a mix-up in its own process, and nowhere else.
import os
import threading
import time

result = []
thread = threading.Thread(target=lambda: result.append(llm_query("x")))
thread.start()
text = b'{"type":"tool_call","id":1,"tool":"lookup","arguments":{"id":1}}'
os.write(3, b"J" + len(text).to_bytes(4, "big") + text)
thread.join()
time.sleep(0.5)
print(type(result[0]).__name__)
