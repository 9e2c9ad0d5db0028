"""Suffix matches: ends of texts that stand in messages, and with them texts that are too short to hold a chunk."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .arrays import Bytes, Flags, Numbers
from .bloom_filter import BloomFilter
from .characters import character_after
from .corpus import StoredText
from .hashes import WeakHash
from .maximal_matches import LEAST_MATCH, same_from_start
from .spans import Spans

LEAST_SUFFIX = 16
"""Bytes of the shortest end of a text that counts by itself."""

ANCHORS = (16, 8, 4)
"""Bytes at the end of a text by which it is found: the most of these that it has."""

TOGETHER = 1 << 13
"""How many places of a message are looked at together."""


class SuffixIndex:
    """Keeps the ends of some texts, sorted by their bytes read backwards, so that neighbours share the most."""

    def __init__(self, memory: Bytes, texts: list[StoredText]) -> None:
        self.memory = memory
        found = [text for text in texts if text.size >= ANCHORS[-1]]
        ends, sizes = (
            np.array([text.end for text in found], np.int64),
            np.array([text.size for text in found], np.int64),
        )
        self.width = int(min(LEAST_MATCH - 1, sizes.max(initial=ANCHORS[0])))
        self._anchors = [
            (weak, BloomFilter(weak.of(sliding_window_view(memory, weak.width)[ends[has] - weak.width])))
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

    def find(self, message: Bytes) -> Iterator[tuple[Numbers, Numbers]]:
        """Gives texts, by their rank, with how many bytes of their end stand in a message."""
        if self.end.size == 0:
            return
        for weak, likely in self._anchors:
            for offsets, hashes in weak.everywhere(message):
                here = offsets[likely.likely(hashes)] + weak.width
                for at in range(0, here.size, TOGETHER):
                    yield from self._nearest(self._backwards(message, here[at : at + TOGETHER]))

    def _nearest(self, backwards: Bytes) -> Iterator[tuple[Numbers, Numbers]]:
        """Gives only the two neighbours in the order: what others share, they share with these."""
        above = np.searchsorted(self._sorted, _in_order(backwards))
        for rank in (above - 1, above):
            exists = (rank >= 0) & (rank < self.end.size)
            rank = rank[exists]
            shared = same_from_start(backwards[exists], self._ends_backwards[rank])
            yield rank, np.minimum(shared, self.size[rank])

    def _backwards(self, data: Bytes, ends: Numbers) -> Bytes:
        return np.ascontiguousarray(sliding_window_view(data, self.width)[ends - self.width, ::-1])


class SuffixMatches:
    """Keeps how much of the end of each text stood in a message."""

    def __init__(self, suffixes: SuffixIndex) -> None:
        self._suffixes = suffixes
        self._longest = np.zeros(suffixes.end.size, np.int64)
        self._tiny = set[bytes]()

    def add(self, message: Bytes) -> None:
        """Marks what a message ends texts with. At least LEAST_MATCH bytes that are in no text must stand before it."""
        for rank, length in self._suffixes.find(message):
            np.maximum.at(self._longest, rank, length)
        if len(self._tiny) < len(self._suffixes.tiny):
            data = message.tobytes()
            self._tiny |= {tiny for tiny in self._suffixes.tiny.keys() - self._tiny if tiny in data}

    def spans(self) -> Spans:
        """Gives the spans of all suffix matches that count, of whole characters and in any order. They may overlap."""
        end, size = self._suffixes.end, self._suffixes.size
        length = np.minimum(self._spread(), size)
        start = character_after(self._suffixes.memory, end - length)
        counted = (length > 0) & ((length == size) | (end - start >= LEAST_SUFFIX))
        tiny = [self._suffixes.tiny[data] for data in self._tiny]
        starts, ends = [text.start for text in tiny], [text.end for text in tiny]
        return np.append(start[counted], starts).astype(np.int64), np.append(end[counted], ends).astype(np.int64)

    def _spread(self) -> Numbers:
        """Spreads what was found to the texts that share an end with one that was: up the order, and down."""
        if not self._longest.any():
            return self._longest
        longest: list[int] = self._longest.tolist()
        shared = self._suffixes.shared
        for rank in range(1, len(longest)):
            longest[rank] = max(longest[rank], min(longest[rank - 1], shared[rank - 1]))
        for rank in range(len(longest) - 1, 0, -1):
            longest[rank - 1] = max(longest[rank - 1], min(longest[rank], shared[rank - 1]))
        return np.array(longest, np.int64)


def _by_anchor(sizes: Numbers) -> Iterator[tuple[WeakHash, Flags]]:
    """Gives each anchor, and which texts are found by it."""
    taken = np.zeros(sizes.size, np.bool_)
    for width in ANCHORS:
        has = (sizes >= width) & ~taken
        taken |= has
        if has.any():
            yield WeakHash(width), has


def _in_order(rows: Bytes) -> np.ndarray[tuple[int], np.dtype[np.bytes_]]:
    """Gives rows that compare as their bytes do."""
    return np.ascontiguousarray(rows).view(f"S{rows.shape[1]}")[:, 0]
