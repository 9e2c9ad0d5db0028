class Fault(Exception):
    @property
    def __class__(self):
        raise RuntimeError("class")


raise Fault
