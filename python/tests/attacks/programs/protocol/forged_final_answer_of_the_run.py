import os

LINE = b'{"type":"run.completed","id":"run-1","at":1,"answer":"FORGED","durationMs":1}\n'
os.write(1, LINE)
os.write(2, LINE)
