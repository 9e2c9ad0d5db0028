with open(context["hostFile"], "a") as file:
    file.write("and this")
print("written")
