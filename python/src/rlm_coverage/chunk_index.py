"""The seeds of matches: an index of every whole chunk of the texts, asked at every offset of a message."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .arrays import Bytes, Flags, Ids, Numbers, Strong
from .bloom_filter import BloomFilter
from .corpus import CHUNK, StoredText
from .hashes import SLAB, StrongHash, WeakHash

NONE = -1
"""Stands for an id where there is none."""


class ChunkIndex:
    """Knows where the whole chunks of some texts stand. Chunks with the same bytes share an id.

    Attributes:
        start: where each chunk begins in the memory, ascending.
        id_of: the id of each chunk.
        members: the indexes of the chunks, grouped by id.
        first: where the chunks of each id begin in ``members``.
        count: how many chunks each id has.
        before: the id that precedes each id in its text wherever it stands, else NONE.
        after: the id that follows it, likewise.
    """

    def __init__(self, memory: Bytes, texts: list[StoredText]) -> None:
        """``texts`` are in the order of the memory."""
        self._weak, self._strong = WeakHash(CHUNK), StrongHash(CHUNK)
        self.start, last = _whole_chunks(texts)
        windows, size = memory.reshape(-1, CHUNK), self.start.size
        strong, weak = np.empty(size, np.uint64), np.empty(size, np.uint32)
        for at in range(0, size, SLAB):
            chunks = windows[self.start[at : at + SLAB] // CHUNK]
            strong[at : at + SLAB] = self._strong.of(chunks)
            weak[at : at + SLAB] = self._weak.of(chunks)
        self._bloom = BloomFilter(weak)
        self.members = np.argsort(strong).astype(np.int32)
        grouped = strong[self.members]
        begins = np.ones(size, np.bool_)
        begins[1:] = grouped[1:] != grouped[:-1]
        self.first = np.flatnonzero(begins)
        self._keys = grouped[self.first]
        self.count = np.diff(self.first, append=size)
        self.id_of = np.empty(size, np.int32)
        self.id_of[self.members] = np.cumsum(begins, dtype=np.int32) - 1
        following = np.where(last, NONE, np.roll(self.id_of, -1)).astype(np.int32)
        preceding = np.where(np.roll(last, 1), NONE, np.roll(self.id_of, 1)).astype(np.int32)
        self.before, self.after = self._always(preceding), self._always(following)

    def seeds(self, message: Bytes) -> tuple[Numbers, Numbers]:
        """Gives every offset of a message at which a chunk stands, ascending, and the chunk's id."""
        nowhere = np.zeros(0, np.int64)
        if self.start.size == 0:
            return nowhere, nowhere
        likely = [offsets[self._bloom.likely(weak)] for offsets, weak in self._weak.everywhere(message)]
        offsets = np.sort(np.concatenate([nowhere, *likely]))
        if offsets.size == 0:
            return nowhere, nowhere
        windows, ids = sliding_window_view(message, CHUNK), np.empty(offsets.size, np.int64)
        for at in range(0, offsets.size, SLAB):
            ids[at : at + SLAB] = self._ids(self._strong.of(windows[offsets[at : at + SLAB]]))
        return offsets[ids != NONE], ids[ids != NONE]

    def _ids(self, strong: Strong) -> Numbers:
        order = np.argsort(strong)  # looked up in order, they are found several times faster
        places = np.minimum(np.searchsorted(self._keys, strong[order]), self._keys.size - 1)
        ids = np.empty(strong.size, np.int64)
        ids[order] = np.where(self._keys[places] == strong[order], places, NONE)
        return ids

    def _always(self, neighbours: Ids) -> Ids:
        """Gives for each id the neighbour that all its chunks have, else NONE."""
        if neighbours.size == 0:
            return neighbours
        grouped = neighbours[self.members]
        if self.first.size == grouped.size:
            return grouped
        least, most = np.minimum.reduceat(grouped, self.first), np.maximum.reduceat(grouped, self.first)
        return np.where(least == most, least, NONE).astype(np.int32)


def _whole_chunks(texts: list[StoredText]) -> tuple[Numbers, Flags]:
    """Gives where the whole chunks begin, and which of them is the last of its text."""
    starts = np.array([text.start for text in texts], np.int64)
    counts = np.array([text.size // CHUNK for text in texts], np.int64)
    ends = np.cumsum(counts)
    chunks: Numbers = np.arange(int(ends[-1]) if ends.size else 0) * CHUNK + np.repeat(
        starts - (ends - counts) * CHUNK, counts
    )
    last = np.zeros(chunks.size, np.bool_)
    last[ends[counts > 0] - 1] = True
    return chunks, last
