class Liar(dict):
    def __getitem__(self, key):
        raise SystemExit("getitem")

    def get(self, key, default=None):
        raise SystemExit("get")

    def __contains__(self, key):
        raise SystemExit("contains")

    def __setitem__(self, key, value):
        raise SystemExit("setitem")


answer = Liar(content="said", ready=False)
