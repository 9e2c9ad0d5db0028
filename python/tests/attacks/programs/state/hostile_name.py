class Value:
    __module__ = "builtins"

    @property
    def __name__(self):
        raise SystemExit("name")


value = Value()
