import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(8)
local = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
remote = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
print(libc.process_vm_readv(os.getppid(), local, 1, remote, 1, 0), os.strerror(ctypes.get_errno()))
for name in ("mem", "maps", "environ", "auxv", "syscall", "stack"):
    try:
        open(f"/proc/{os.getppid()}/{name}", "rb").read(1)
        print(name, "is readable")
    except OSError as error:
        print(name, error.strerror)
