"""What messages hold beside the texts: where the last few bytes of a text are looked for."""

from __future__ import annotations

from mmap import mmap

import numpy as np

from .arrays import Numbers
from .corpus import CHUNK

LONGEST = 15
"""Bytes of the longest text that is looked for: shorter than an end that counts by itself."""

GAP = 3 * CHUNK - 2 * LONGEST
"""Bytes between two inner chunks, start to start, beyond which something is left between them."""

KEPT_BYTES = 4 << 20
"""Bytes that are kept; what comes later is not looked through."""

SEARCHED_BYTES = 1 << 28
"""Bytes of the texts that are looked through for one report."""

SEPARATOR = b"\xff" * 256
"""Stands around the messages that are added together: it is in no text."""


class Remainder:
    """Keeps what is left of a role's messages when the inner chunks are taken out, each piece once."""

    def __init__(self) -> None:
        self._kept = set[bytes]()
        self._size = 0

    def add(self, message: bytes, inner: Numbers) -> None:
        """Keeps all of a message but its inner chunks and their neighbours, of which it keeps the edges.

        ``inner`` are the offsets of the inner chunks, ascending.
        """
        first = inner[np.diff(inner, prepend=-GAP - 1) > GAP]
        last = inner[np.diff(inner, append=len(message) + GAP) > GAP]
        begins, ends = np.append(0, last + 2 * CHUNK - LONGEST), np.append(first - CHUNK + LONGEST, len(message))
        for begin, end in zip(begins, ends, strict=True):
            for piece in message[begin:end].split(SEPARATOR):
                self._keep(piece)

    def holds(self, suffix: bytes) -> bool:
        """Whether the last bytes of a text stand in what was kept."""
        return any(suffix in piece for piece in self._kept)

    def _keep(self, piece: bytes) -> None:
        if piece not in self._kept and self._size + len(piece) <= KEPT_BYTES:
            self._kept.add(piece)
            self._size += len(piece)


class BoundedSearch:
    """Looks through spans of the texts, SEARCHED_BYTES in all."""

    def __init__(self, memory: mmap) -> None:
        self._memory = memory
        self._left = SEARCHED_BYTES

    def finds(self, suffix: bytes, begin: int, end: int) -> bool:
        """Whether the bytes stand between two places of the memory; False when the bound is reached."""
        self._left -= end - begin
        return self._left >= 0 and self._memory.find(suffix, begin, end) >= 0
