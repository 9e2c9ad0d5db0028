kept = "kept"
while True:
    pass
