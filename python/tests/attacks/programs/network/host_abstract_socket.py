import socket

with socket.socket(socket.AF_UNIX) as connection:
    connection.connect("\0" + context["abstractSocket"])
    print(connection.recv(100).decode())
