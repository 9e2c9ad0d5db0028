import os
import time

os.write(3, b"J\xff\xff\xff\xff" + b"x" * 1000)
time.sleep(30)
