import mmap

hoard = []
while True:
    hoard.append(mmap.mmap(-1, 16 << 20))
    hoard[-1][:] = b"x" * (16 << 20)
