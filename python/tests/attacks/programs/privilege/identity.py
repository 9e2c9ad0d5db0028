import os

print(os.getresuid(), os.getresgid(), [group for group in os.getgroups() if group != 65532])
