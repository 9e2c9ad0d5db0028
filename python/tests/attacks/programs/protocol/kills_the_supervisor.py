import os
import signal
import time

os.kill(os.getppid(), signal.SIGKILL)
time.sleep(0.3)
print("still here")
