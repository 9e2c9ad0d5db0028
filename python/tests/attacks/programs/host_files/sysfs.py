import os

found = []
for folder, _, files in os.walk("/sys"):
    for name in files:
        path = os.path.join(folder, name)
        if not os.path.islink(path) and os.access(path, os.W_OK):
            found.append(path)
print(found)
