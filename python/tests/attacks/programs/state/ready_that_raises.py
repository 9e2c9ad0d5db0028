class Ready:
    def __bool__(self):
        raise SystemExit(0)


answer["content"] = "x"
answer["ready"] = Ready()
