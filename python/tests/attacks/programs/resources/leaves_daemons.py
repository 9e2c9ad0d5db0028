# The container's end is theirs; the numbers are for the local environment, where the test looks them up.
import os
import signal

print("left")
for _ in range(5):
    read_end, write_end = os.pipe()
    if os.fork() == 0:
        os.setsid()
        daemon = os.fork()
        if daemon:
            os.write(write_end, str(daemon).encode())
            os._exit(0)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        os.closerange(0, 4096)
        while True:
            signal.pause()
    print("pid", int(os.read(read_end, 20)))
