import gc

for thing in gc.get_objects():
    if type(thing).__name__ == "Interpreter":
        thing.__dict__.clear()
