# With as many files as it takes.
number = 0
while True:
    with open(f"filler-{number}", "wb") as file:
        file.write(bytes(1 << 20))
    number += 1
