status = dict(line.rstrip().split(":\t", 1) for line in open("/proc/self/status") if ":\t" in line)
print({name: int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")})
print("NoNewPrivs", status["NoNewPrivs"], "Seccomp", status["Seccomp"])
