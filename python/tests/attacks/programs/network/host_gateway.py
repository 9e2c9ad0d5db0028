import socket

socket.create_connection(("172.17.0.1", context["port"]), timeout=2)
