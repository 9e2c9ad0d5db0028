import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for name, flag in {"mount": 0x20000, "uts": 0x4000000, "ipc": 0x8000000, "pid": 0x20000000, "net": 0x40000000}.items():
    print(name, libc.unshare(flag), os.strerror(ctypes.get_errno()))
