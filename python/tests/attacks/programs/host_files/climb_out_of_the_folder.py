import os

print(open(os.path.join(os.getcwd(), *[".."] * 40, context["hostFile"].lstrip("/"))).read())
