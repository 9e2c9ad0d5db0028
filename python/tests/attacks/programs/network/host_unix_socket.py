import socket

with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(context["unixSocket"])
    print(connection.recv(100).decode())
