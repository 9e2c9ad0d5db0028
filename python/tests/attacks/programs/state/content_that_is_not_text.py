class Content:
    def __str__(self):
        return 5


answer["content"] = Content()
answer["ready"] = True
