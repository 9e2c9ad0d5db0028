import os

os.read = os.write = os.dup2 = os.getpid = os.chdir = os._exit = None
