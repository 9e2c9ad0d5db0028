import os

os.symlink(context["hostFile"], "link")
try:
    print(open("link").read())
finally:
    os.unlink("link")
