"""Output of code blocks as it arrives: passed on live while one runs, held for the next one between."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..kernel.messages import OutputStream

STREAMS: tuple[OutputStream, OutputStream] = ("stdout", "stderr")


class BlockOutput:
    """``on_output(stream, text)`` is called while a code block runs; what came before it began is passed on at its
    start."""

    def __init__(self, on_output: Callable[[OutputStream, str], None]) -> None:
        self._on_output = on_output
        self._lock = threading.Lock()
        self._running = False
        self._texts: dict[OutputStream, list[str]] = {"stdout": [], "stderr": []}

    def add(self, stream: OutputStream, text: str) -> None:
        with self._lock:
            self._texts[stream].append(text)
            live = self._running
        if live:
            self._on_output(stream, text)

    def begin(self) -> None:
        with self._lock:
            self._running = True
            held: list[tuple[OutputStream, str]] = [
                (stream, "".join(self._texts[stream])) for stream in STREAMS if self._texts[stream]
            ]
        for stream, text in held:
            self._on_output(stream, text)

    def end(self) -> tuple[str, str]:
        """stdout and stderr of the code block."""
        with self._lock:
            self._running = False
            stdout, stderr = ("".join(self._texts[stream]) for stream in STREAMS)
            self._texts = {"stdout": [], "stderr": []}
        return stdout, stderr


def with_discarded(text: str, discarded_bytes: int) -> str:
    """The captured text, and how much was printed beyond the cap."""
    return f"{text}\n... [{discarded_bytes} more bytes were printed and dropped]" if discarded_bytes else text
