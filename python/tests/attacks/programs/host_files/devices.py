import os
import stat

HARMLESS = {"full", "null", "ptmx", "random", "tty", "urandom", "zero"}
print(sorted(set(os.listdir("/dev")) - HARMLESS - {"fd", "stdin", "stdout", "stderr", "pts", "shm", "mqueue"}))
print([name for name in os.listdir("/dev") if stat.S_ISBLK(os.stat("/dev/" + name).st_mode)])
