"""``sys.stdout`` and ``sys.stderr`` of the REPL."""

from __future__ import annotations

import io
from time import monotonic

FLUSH_INTERVAL_S = 0.02


class OutputStream(io.TextIOWrapper):
    """A line is written at once when none was lately: live output, yet a million lines are not a million system calls.

    Never fails on a lone surrogate: it is written as its escape.
    """

    def __init__(self, descriptor: int) -> None:
        raw = io.BufferedWriter(io.FileIO(descriptor, "wb", closefd=False))
        super().__init__(raw, encoding="utf-8", errors="backslashreplace", newline="\n")
        self._flushed_at = 0.0

    def write(self, s: str, /) -> int:
        written = super().write(s)
        if "\n" in s:
            now = monotonic()
            if now - self._flushed_at >= FLUSH_INTERVAL_S:
                self._flushed_at = now
                self.flush()
        return written
