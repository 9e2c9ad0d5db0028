"""An index of a bounded number of windows of the texts: where a message begins that no cursor expected."""

from __future__ import annotations

from collections import Counter

from .corpus import Corpus
from .counting import LEAST_MATCH
from .windows import WIDTH, windows, windows_everywhere

DENSE = LEAST_MATCH - WIDTH
"""A stride so short that every match that counts holds a whole window at a multiple of it."""

ENTRIES = 1 << 18
"""Windows that are indexed, at most: the larger the texts, the farther apart they are."""

COMMON = 8
"""A window that was met more often than this tells nothing of where a message begins, and is left out."""

TOGETHER = 1 << 10
"""Offsets of a message that are looked up together, at least."""

TRIED = 16
"""Places that are given for them, at most."""

PIECE_BYTES = 1 << 18


class SparseIndex:
    """Knows some windows of the texts by their hashes, each with the addresses at which it met it."""

    def __init__(self, corpus: Corpus) -> None:
        self.stride = max(DENSE, -(-corpus.size // ENTRIES))
        self._addresses: dict[int, int] = {}
        self._more: dict[int, list[int]] = {}
        piece = self.stride * max(1, PIECE_BYTES // self.stride)
        for text in corpus.texts:
            for at in range(text.start, text.end, piece):
                found = windows(corpus.read(at, min(text.end, at + piece)), WIDTH, self.stride)
                for turn, key in enumerate(map(hash, found)):
                    address = at + turn * self.stride
                    if self._addresses.setdefault(key, address) != address:
                        more = self._more.setdefault(key, [])
                        if len(more) < COMMON:
                            more.append(address)
        for key in [key for key, more in self._more.items() if len(more) == COMMON]:
            del self._addresses[key], self._more[key]

    def places(self, data: bytes, begin: int) -> tuple[int, list[tuple[int, int]]]:
        """Gives offsets of a message, the first from ``begin`` on, with the addresses whose windows stand there, and
        the offset up to which it has looked. Of windows that are as far apart in both, the first stands for all; those
        with the most come first."""
        if not self._addresses:  # of texts that are shorter than a window, and of those that repeat one everywhere
            return len(data), []
        step = max(TOGETHER, 4 * self.stride)
        for at in range(begin, len(data), step):
            apart, first = Counter[int](), dict[int, int]()
            for offset, found in windows_everywhere(data[at : at + step + WIDTH - 1], WIDTH):
                hashes = list(map(hash, found))
                if self._addresses.keys().isdisjoint(hashes):
                    continue
                for turn, key in enumerate(hashes):
                    if key in self._addresses:
                        here = at + offset + turn * WIDTH
                        for address in (self._addresses[key], *self._more.get(key, ())):
                            apart[address - here] += 1
                            first[address - here] = min(here, first.get(address - here, here))
            if apart:
                return at + step, [(first[by], first[by] + by) for by, _ in apart.most_common(TRIED)]
        return len(data), []
