"""Ends of documents that stand in a message, and with them documents that are too short to hold a block."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .characters import character_after
from .documents import Text
from .hashes import Bytes, Filter, Flags, Numbers, WeakHash
from .stretches import LEAST, same_from_start

LEAST_END = 16
"""Bytes of the shortest end of a document that counts by itself."""

ANCHORS = (16, 8, 4)
"""Bytes at the end of a document by which it is found: the most of these that it has."""

TOGETHER = 1 << 13
"""How many places of a text are looked at together."""


class Endings:
    """The ends of some documents, sorted by their bytes read backwards, so that neighbours share the most."""

    def __init__(self, memory: Bytes, texts: list[Text]) -> None:
        self.memory = memory
        found = [text for text in texts if text.size >= ANCHORS[-1]]
        ends, sizes = (
            np.array([text.end for text in found], np.int64),
            np.array([text.size for text in found], np.int64),
        )
        self.width = int(min(LEAST - 1, sizes.max(initial=ANCHORS[0])))
        self._anchors = [
            (weak, Filter(weak.of(sliding_window_view(memory, weak.width)[ends[has] - weak.width])))
            for weak, has in _by_anchor(sizes)
        ]
        backwards = self._backwards(memory, ends) * (np.arange(self.width) < sizes[:, None])
        order = np.argsort(_in_order(backwards), kind="stable")
        self.end, self.size, self._ends_backwards = ends[order], sizes[order], backwards[order]
        self._sorted = _in_order(self._ends_backwards)
        both = np.minimum(self.size[:-1], self.size[1:])
        shared = np.minimum(same_from_start(self._ends_backwards[:-1], self._ends_backwards[1:]), both)
        self.shared: list[int] = shared.tolist()
        tiny = (text for text in texts if 0 < text.size < ANCHORS[-1])
        self.tiny = {memory[text.start : text.end].tobytes(): text for text in tiny}

    def find(self, text: Bytes) -> Iterator[tuple[Numbers, Numbers]]:
        """Documents, by their rank, with how many bytes of their end stand in the text."""
        if self.end.size == 0:
            return
        for weak, likely in self._anchors:
            for offsets, hashes in weak.everywhere(text):
                here = offsets[likely.likely(hashes)] + weak.width
                for at in range(0, here.size, TOGETHER):
                    yield from self._nearest(self._backwards(text, here[at : at + TOGETHER]))

    def _nearest(self, backwards: Bytes) -> Iterator[tuple[Numbers, Numbers]]:
        """Only the two neighbours in the order: what others share, they share with these."""
        above = np.searchsorted(self._sorted, _in_order(backwards))
        for rank in (above - 1, above):
            exists = (rank >= 0) & (rank < self.end.size)
            rank = rank[exists]
            shared = same_from_start(backwards[exists], self._ends_backwards[rank])
            yield rank, np.minimum(shared, self.size[rank])

    def _backwards(self, text: Bytes, ends: Numbers) -> Bytes:
        return np.ascontiguousarray(sliding_window_view(text, self.width)[ends - self.width, ::-1])


class SeenEndings:
    """What was seen of the ends of some documents."""

    def __init__(self, endings: Endings) -> None:
        self._endings = endings
        self._longest = np.zeros(endings.end.size, np.int64)
        self._tiny = set[bytes]()

    def see(self, text: Bytes) -> None:
        """``text``: at least LEAST bytes that are in no document stand before it."""
        for rank, length in self._endings.find(text):
            np.maximum.at(self._longest, rank, length)
        if len(self._tiny) < len(self._endings.tiny):
            data = text.tobytes()
            self._tiny |= {tiny for tiny in self._endings.tiny.keys() - self._tiny if tiny in data}

    def seen(self) -> tuple[Numbers, Numbers]:
        """Starts and ends of stretches of whole characters, in any order. They may overlap."""
        end, size = self._endings.end, self._endings.size
        length = np.minimum(self._spread(), size)
        start = character_after(self._endings.memory, end - length)
        counted = (length > 0) & ((length == size) | (end - start >= LEAST_END))
        tiny = [self._endings.tiny[data] for data in self._tiny]
        starts, ends = [text.start for text in tiny], [text.end for text in tiny]
        return np.append(start[counted], starts).astype(np.int64), np.append(end[counted], ends).astype(np.int64)

    def _spread(self) -> Numbers:
        """To the documents that share an end with one that was found: up the order, and down."""
        if not self._longest.any():
            return self._longest
        longest: list[int] = self._longest.tolist()
        shared = self._endings.shared
        for rank in range(1, len(longest)):
            longest[rank] = max(longest[rank], min(longest[rank - 1], shared[rank - 1]))
        for rank in range(len(longest) - 1, 0, -1):
            longest[rank - 1] = max(longest[rank - 1], min(longest[rank], shared[rank - 1]))
        return np.array(longest, np.int64)


def _by_anchor(sizes: Numbers) -> Iterator[tuple[WeakHash, Flags]]:
    """Each anchor, and which documents are found by it."""
    taken = np.zeros(sizes.size, np.bool_)
    for width in ANCHORS:
        has = (sizes >= width) & ~taken
        taken |= has
        if has.any():
            yield WeakHash(width), has


def _in_order(rows: Bytes) -> np.ndarray[tuple[int], np.dtype[np.bytes_]]:
    """Rows that compare as their bytes do."""
    return np.ascontiguousarray(rows).view(f"S{rows.shape[1]}")[:, 0]
