import sys


class Stream:
    def flush(self):
        while True:
            pass


sys.stdout = Stream()
