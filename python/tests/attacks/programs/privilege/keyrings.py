import ctypes
import os
import platform

CALLS = {"x86_64": (248, 249, 250), "aarch64": (217, 218, 219)}[platform.machine()]
libc = ctypes.CDLL(None, use_errno=True)
for name, number in zip(("add_key", "request_key", "keyctl"), CALLS, strict=True):
    print(name, libc.syscall(number, b"user", b"name", b"x", 1, -3), os.strerror(ctypes.get_errno()))
