import os

for descriptor in range(10):
    try:
        os.open(f"/proc/{os.getppid()}/fd/{descriptor}", os.O_WRONLY)
        print(descriptor, "opened")
    except OSError as error:
        print(descriptor, error.strerror)
