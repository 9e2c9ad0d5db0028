# With magic numbers that no kernel takes: the right to reboot is looked at first.
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
print(libc.reboot(0), os.strerror(ctypes.get_errno()))
