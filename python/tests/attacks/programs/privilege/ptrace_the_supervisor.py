import ctypes
import os

PTRACE_ATTACH, PTRACE_SEIZE = 16, 0x4206
libc = ctypes.CDLL(None, use_errno=True)
for request in (PTRACE_ATTACH, PTRACE_SEIZE):
    print(libc.ptrace(request, os.getppid(), 0, 0), os.strerror(ctypes.get_errno()))
