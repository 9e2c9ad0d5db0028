import socket

hoard = []
while True:
    hoard.append(socket.socketpair())
