import sys


class Stream:
    def write(self, text):
        raise SystemExit("write")

    def flush(self):
        raise SystemExit("flush")


sys.stdout = sys.stderr = sys.__stdout__ = Stream()
