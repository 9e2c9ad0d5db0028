import codecs
import signal
import sys

signal.signal = sys.setrecursionlimit = sys.getrecursionlimit = codecs.lookup = codecs.getincrementaldecoder = None
for name in ("os", "json", "struct", "codecs", "io", "signal", "threading", "_thread", "time"):
    sys.modules[name] = None
