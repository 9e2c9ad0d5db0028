import sys

sys.setrecursionlimit(10**9)


class Deep:
    def __getattr__(self, name):
        return getattr(self, name + "x" * 0)


def sink(value):
    return list(map(sink, [value]))


sink(Deep())
