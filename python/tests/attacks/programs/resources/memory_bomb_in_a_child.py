import os

child = os.fork()
if child == 0:
    hoard = []
    while True:
        hoard.append(b"x" * (16 << 20))
print("status", os.waitpid(child, 0)[1])
