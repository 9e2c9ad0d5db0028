import os
import socket
import time

socket.socket(fileno=os.dup(3)).shutdown(socket.SHUT_WR)
time.sleep(30)
