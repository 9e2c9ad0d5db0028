class Endless:
    def __repr__(self):
        while True:
            pass


value = Endless()
values = {"key": [value]}
