import signal
import time

signal.signal(signal.SIGINT, signal.SIG_IGN)
time.sleep(1000)
