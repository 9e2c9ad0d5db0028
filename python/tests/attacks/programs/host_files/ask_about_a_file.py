# Not what is in it: that it is there, its size and its times.
import os

print(os.stat(context["hostFile"]).st_size, "bytes")
