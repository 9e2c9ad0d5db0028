"""The one stream in which the Engine sends both outputs of a container."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

HEAD_BYTES: Final = 8
"""The number of the output, three zeros, and the length of what follows, big end first."""
STDOUT: Final = 1


class Multiplexed:
    """Takes it in pieces of any size."""

    def __init__(self) -> None:
        self._head = b""
        self._output = self._left = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, memoryview]]:
        """The number of the output and a piece of it, never an empty one, for each that is in ``data``."""
        at, view = 0, memoryview(data)
        while at < len(data):
            if self._left == 0:
                head = data[at : at + HEAD_BYTES - len(self._head)]
                self._head += head
                at += len(head)
                if len(self._head) == HEAD_BYTES:
                    self._output, self._left, self._head = self._head[0], int.from_bytes(self._head[4:], "big"), b""
                continue
            piece = view[at : at + self._left]
            at += len(piece)
            self._left -= len(piece)
            yield self._output, piece
