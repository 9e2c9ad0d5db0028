import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
x86 = platform.machine() == "x86_64"
CALLS = {"bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "fanotify_init": (300, 262)}
for name, numbers in CALLS.items():
    print(name, libc.syscall(numbers[0 if x86 else 1], 0, 0, 0, 0, 0), os.strerror(ctypes.get_errno()))
