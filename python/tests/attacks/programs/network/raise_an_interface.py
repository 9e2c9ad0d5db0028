import fcntl
import socket
import struct

SIOCSIFFLAGS = 0x8914
fcntl.ioctl(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", 0))
