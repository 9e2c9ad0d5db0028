import os
import threading

found = []
threads = [threading.Thread(target=lambda: found.extend(lookup(n) for n in range(40))) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(found), end=" ", flush=True)
if os.fork() == 0:
    try:
        lookup(1)
    except RuntimeError as error:
        print(type(error).__name__, flush=True)
    os._exit(0)
os.wait()
