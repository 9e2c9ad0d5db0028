# Where the number of processes is bounded. Every child forks too, and none of them listens to an interrupt; where there
# is no room, each tries again ten times a second.
import os
import resource
import time

assert os.getuid() == 65532 or resource.getrlimit(resource.RLIMIT_NPROC)[0] < 10_000, "nothing bounds it here"
while True:
    try:
        try:
            os.fork()
        except BlockingIOError:
            time.sleep(0.1)
    except BaseException:
        continue
