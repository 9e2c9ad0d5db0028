import os
import stat

os.mknod("mem", stat.S_IFCHR | 0o600, os.makedev(1, 1))
