"""What a process says on its stderr: the beginning, where a program that crashes may say why before it dumps its state,
and the end."""

from __future__ import annotations

from typing import Final

TAIL_CHARS: Final = 8_000
HEAD_CHARS: Final = 1_000


class LastWords:
    """One thread adds, any may read."""

    def __init__(self) -> None:
        self._text = ""

    def add(self, data: bytes) -> None:
        text = self._text + data.decode("utf-8", "replace")
        if len(text) > TAIL_CHARS + HEAD_CHARS:
            text = text[:HEAD_CHARS] + text[-TAIL_CHARS:]
        self._text = text

    def __str__(self) -> str:
        return self._text
