import ctypes
import os
import socket
import time

for name, attempt in {
    "clock": lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()),
    "hostname": lambda: socket.sethostname("owned"),
    "priority": lambda: os.setpriority(os.PRIO_PROCESS, 0, -5),
    "scheduler": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
}.items():
    try:
        attempt()
        print(name, "changed")
    except OSError as error:
        print(name, type(error).__name__)
libc = ctypes.CDLL(None, use_errno=True)
print("swap", libc.swapoff(b"/none"), os.strerror(ctypes.get_errno()))
