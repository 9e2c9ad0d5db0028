# Every signal that a process can catch or not, to the process that owns the pipe.
import os
import time

for number in range(1, 65):
    try:
        os.kill(os.getppid(), number)
    except OSError as error:
        print(number, error.strerror)
time.sleep(0.2)
print("still here")
