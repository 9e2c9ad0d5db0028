import threading


def shout():
    while True:
        print("x" * 10_000, flush=True)


threading.Thread(target=shout, daemon=True).start()
