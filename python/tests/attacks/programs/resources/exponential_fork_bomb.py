# Where the number of processes is bounded. Every child forks too, and none of them listens to an interrupt.
import os
import resource

assert os.getuid() == 65532 or resource.getrlimit(resource.RLIMIT_NPROC)[0] < 10_000, "nothing bounds it here"
while True:
    try:
        os.fork()
    except BaseException:
        continue
