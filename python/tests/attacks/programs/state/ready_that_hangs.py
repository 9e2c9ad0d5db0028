import time


class Ready:
    def __bool__(self):
        time.sleep(1000)


answer["ready"] = Ready()
