class Meta(type):
    def __getattribute__(cls, name):
        raise SystemExit(name)


class Value(metaclass=Meta):
    pass


value = object.__new__(Value)
