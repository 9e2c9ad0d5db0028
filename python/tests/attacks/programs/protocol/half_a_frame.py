import os

os.write(3, b"J\0\1\0\0" + b'{"type":"done"')
