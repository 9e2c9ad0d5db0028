class Value:
    def __repr__(self):
        raise SystemExit("repr")

    __str__ = __hash__ = __eq__ = __bool__ = __len__ = __repr__


value = Value()
values = [value]
