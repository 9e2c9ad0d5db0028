import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
SYS_PIDFD_OPEN, SYS_PIDFD_GETFD = 434, 438
supervisor = libc.syscall(SYS_PIDFD_OPEN, os.getppid(), 0)
print(libc.syscall(SYS_PIDFD_GETFD, supervisor, 1, 0), os.strerror(ctypes.get_errno()))
