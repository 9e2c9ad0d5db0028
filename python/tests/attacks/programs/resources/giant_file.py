with open("filler", "wb") as file:
    file.seek(4 << 20)
    file.write(b"x")
