import socket
import struct

header = struct.pack("=IHHII", 44, 24, 0x605, 1, 0)
route = struct.pack("=BBBBBBBBI", 2, 0, 0, 0, 254, 3, 253, 1, 0) + struct.pack("=HHIHHI", 8, 4, 1, 8, 1, 0)
with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as netlink:
    netlink.sendto(header + route, (0, 0))
    reply = netlink.recv(4096)
    print("errno", -struct.unpack("=i", reply[16:20])[0])
