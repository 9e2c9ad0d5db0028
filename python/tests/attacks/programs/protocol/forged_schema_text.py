# Schemas that are no JSON, too deep or too long, past the function that makes them: nobody is asked.
import os
import time

for schema in (b"", b"{", b"NaN", b"[" * 90_000, b'{\\"not\\":' * 10_000, b"9" * 90_000, b"9" * 3_000_000, b"\\ud800"):
    text = b'{"type":"request","id":4242,"kind":"llm","prompts":["forged"],"model":null,"schema":"' + schema + b'"}'
    frame = memoryview(b"J" + len(text).to_bytes(4, "big") + text)
    while frame:
        frame = frame[os.write(3, frame) :]
time.sleep(0.5)
