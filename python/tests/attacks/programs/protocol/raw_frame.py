import os
import time

os.write(3, b"B\0\0\0\3abc")
time.sleep(30)
