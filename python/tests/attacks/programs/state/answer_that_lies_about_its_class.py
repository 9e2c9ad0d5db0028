class Liar:
    __class__ = property(lambda self: dict)

    def get(self, *_):
        return "FORGED"


answer = Liar()
