class Fault(Exception):
    def __str__(self):
        raise SystemExit("str")

    __repr__ = __str__


raise Fault
