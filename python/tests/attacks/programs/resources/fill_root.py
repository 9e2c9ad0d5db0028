with open("/filler", "wb") as file:
    file.write(bytes(1 << 20))
