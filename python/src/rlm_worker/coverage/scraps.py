"""What messages hold beside the blocks of the documents: where the last few bytes of a document are looked for."""

from __future__ import annotations

from mmap import mmap

import numpy as np

from .documents import BLOCK
from .hashes import Numbers

LONGEST = 15
"""Bytes of the longest text that is looked for: shorter than an end that counts by itself."""

KEPT_BYTES = 4 << 20
"""How much is kept; what comes later is not looked through."""

SEARCHED_BYTES = 1 << 28
"""How much of the documents is looked through for one report."""

SEPARATOR = b"\xff" * 256
"""Stands around the messages that are read together: it is in no text."""


class Scraps:
    """Of one role; each scrap once."""

    def __init__(self) -> None:
        self._kept = set[bytes]()
        self._size = 0

    def keep(self, text: bytes, blocks: Numbers) -> None:
        """All of ``text`` but these blocks and their neighbours, and enough of those to look across their edges.

        ``blocks``: offsets, ascending.
        """
        apart = np.diff(blocks) > 3 * BLOCK - 2 * LONGEST
        begins = np.append(0, blocks[np.append(apart, True)] + 2 * BLOCK - LONGEST) if blocks.size else [0]
        ends = np.append(blocks[np.append(True, apart)] - BLOCK + LONGEST, len(text)) if blocks.size else [len(text)]
        for begin, end in zip(begins, ends, strict=True):
            for scrap in text[begin:end].split(SEPARATOR):
                self._add(scrap)

    def hold(self, text: bytes) -> bool:
        return any(text in scrap for scrap in self._kept)

    def _add(self, scrap: bytes) -> None:
        if scrap not in self._kept and self._size + len(scrap) <= KEPT_BYTES:
            self._kept.add(scrap)
            self._size += len(scrap)


class Search:
    """Through the documents, as far as there is time."""

    def __init__(self, memory: mmap) -> None:
        self._memory = memory
        self._left = SEARCHED_BYTES

    def finds(self, text: bytes, begin: int, end: int) -> bool:
        self._left -= end - begin
        return self._left >= 0 and self._memory.find(text, begin, end) >= 0
