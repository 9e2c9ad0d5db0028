import signal


def refuse(*_):
    raise SystemExit("signal")


signal.signal(signal.SIGINT, refuse)
signal.siginterrupt(signal.SIGINT, False)
