import codecs


def refuse(*_):
    raise SystemExit("no codecs")


codecs.register(refuse)
codecs.register_error("strict", refuse)
codecs.register_error("replace", refuse)
codecs.register_error("backslashreplace", refuse)
