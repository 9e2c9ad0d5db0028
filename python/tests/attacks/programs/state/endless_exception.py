class Fault(Exception):
    def __str__(self):
        while True:
            pass


raise Fault
