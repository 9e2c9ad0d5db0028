import os

found = []
for folder, _, files in os.walk("/proc/sys"):
    found += [os.path.join(folder, name) for name in files if os.access(os.path.join(folder, name), os.W_OK)]
print(found)
