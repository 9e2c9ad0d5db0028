class Ready:
    def __bool__(self):
        while True:
            pass


answer["ready"] = Ready()
