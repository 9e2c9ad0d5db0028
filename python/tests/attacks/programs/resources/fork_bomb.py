# Only in the container: nothing else bounds the number of processes.
import os
import signal

assert os.getuid() == 65532, "only for the container"
children = 0
try:
    while True:
        if os.fork() == 0:
            signal.pause()
        children += 1
finally:
    print("fewer than 64:", 0 < children < 64)
