import builtins


def refuse(*_, **__):
    raise SystemExit("no imports")


builtins.__import__ = refuse
builtins.__build_class__ = refuse
