import socket

with socket.create_connection(("127.0.0.1", context["port"]), timeout=5) as connection:
    print(connection.recv(100).decode())
