import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
own = os.open("/proc/self/ns/mnt", os.O_RDONLY)
print(libc.setns(own, 0), os.strerror(ctypes.get_errno()))
os.close(own)
