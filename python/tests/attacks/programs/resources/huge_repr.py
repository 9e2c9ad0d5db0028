class Huge:
    def __repr__(self):
        return "x" * 10**9


value = Huge()
values = [value] * 1000
