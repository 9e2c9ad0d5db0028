# Where the number of processes is bounded.
import os
import resource
import signal

assert os.getuid() == 65532 or resource.getrlimit(resource.RLIMIT_NPROC)[0] < 10_000, "nothing bounds it here"
children = 0
try:
    while True:
        if os.fork() == 0:
            signal.pause()
        children += 1
finally:
    print("fewer than 64:", 0 < children < 64)
