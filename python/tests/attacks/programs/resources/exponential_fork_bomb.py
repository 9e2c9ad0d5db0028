# Only in the container. Every child forks too, and none of them listens to an interrupt.
import os

assert os.getuid() == 65532, "only for the container"
while True:
    try:
        os.fork()
    except BaseException:
        continue
