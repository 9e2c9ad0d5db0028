import socket

socket.create_connection(("2001:db8::1", 53), timeout=2)
