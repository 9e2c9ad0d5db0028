import threading
import time


def late():
    global answer
    while True:
        time.sleep(0.001)
        answer = {"content": "FORGED", "ready": False}
        context = None


threading.Thread(target=late, daemon=True).start()
