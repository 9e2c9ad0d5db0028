# The hypervisor's socket family has no namespaces: no network still leaves it open. Made, not connected.
import socket

socket.socket(40, socket.SOCK_STREAM)
print("made")
