class Key:
    patient = True

    def __hash__(self):
        return hash("text")

    def __eq__(self, other):
        if self.patient:
            return False
        raise SystemExit("eq")


key = Key()
table = {key: 1, "text": 2}
key.patient = False
