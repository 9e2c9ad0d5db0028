import os
import stat
import subprocess

found = [path for folder in ("/bin", "/usr/bin", "/sbin", "/usr/sbin") for path in os.scandir(folder)]
setuid = [path.path for path in found if path.stat(follow_symlinks=False).st_mode & stat.S_ISUID]
assert setuid, "this image has no setuid binary to try"
su = next(path for path in setuid if path.endswith("/su"))
with subprocess.Popen([su], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
    while open(f"/proc/{process.pid}/cmdline").read().split("\0")[0] != su:
        pass
    uids = next(line for line in open(f"/proc/{process.pid}/status") if line.startswith("Uid:"))
    process.kill()
print(uids.split()[1:])
