# Stays for the life of the interpreter.
import sys


def refuse(event, arguments):
    if event in ("compile", "exec"):
        raise PermissionError("audited")


sys.addaudithook(refuse)
