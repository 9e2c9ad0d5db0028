# Takes, once, what was meant for the interpreter: the reply to one of its own calls.
import os
import threading

threading.Thread(target=os.read, args=(3, 1 << 20), daemon=True).start()
while True:
    llm_query("x")
