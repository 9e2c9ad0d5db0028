class Key(str):
    def __hash__(self):
        return hash("answer")

    def __eq__(self, other):
        raise SystemExit("eq")


del answer
globals()[Key("answer")] = 1
