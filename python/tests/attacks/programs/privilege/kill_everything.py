import os
import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.kill(-1, signal.SIGTERM)
os.kill(-1, signal.SIGSTOP)
print("still here")
