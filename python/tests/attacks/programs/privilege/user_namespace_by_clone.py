import ctypes
import os
import platform

SYS_CLONE, CLONE_NEWUSER, SIGCHLD = {"x86_64": 56, "aarch64": 220}[platform.machine()], 0x10000000, 17
libc = ctypes.CDLL(None, use_errno=True)
child = libc.syscall(SYS_CLONE, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)
if child == 0:
    os._exit(0)
print(child, os.strerror(ctypes.get_errno()))
