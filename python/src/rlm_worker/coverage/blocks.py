"""Where the blocks of the documents stand in a message: an index of every whole block, asked for every offset."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .documents import BLOCK, Text
from .hashes import SLAB, Bytes, Filter, Flags, Ids, Numbers, Strong, StrongHash, WeakHash

NONE = -1


class Blocks:
    """The whole blocks of some documents. Blocks with the same bytes share an id.

    Attributes:
        start: of each block, where it begins in the memory; ascending.
        id_of: its id.
        first: of each id, where its blocks begin in ``members``; ``count``: how many there are.
        members: block indexes, grouped by id.
        before, after: of each id, the one that precedes or follows it in its document everywhere, else NONE.
    """

    def __init__(self, memory: Bytes, texts: list[Text]) -> None:
        """``texts``: in the order of the memory."""
        self._weak, self._strong = WeakHash(BLOCK), StrongHash(BLOCK)
        self.start, last = _whole_blocks(texts)
        windows, size = memory.reshape(-1, BLOCK), self.start.size
        strong, weak = np.empty(size, np.uint64), np.empty(size, np.uint32)
        for at in range(0, size, SLAB):
            blocks = windows[self.start[at : at + SLAB] // BLOCK]
            strong[at : at + SLAB] = self._strong.of(blocks)
            weak[at : at + SLAB] = self._weak.of(blocks)
        self._filter = Filter(weak)
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

    def find(self, message: Bytes) -> tuple[Numbers, Numbers]:
        """Every offset of a message at which a block stands, ascending, and the block's id."""
        nowhere = np.zeros(0, np.int64)
        if self.start.size == 0:
            return nowhere, nowhere
        likely = [offsets[self._filter.likely(weak)] for offsets, weak in self._weak.everywhere(message)]
        offsets = np.sort(np.concatenate([nowhere, *likely]))
        if offsets.size == 0:
            return nowhere, nowhere
        windows, ids = sliding_window_view(message, BLOCK), np.empty(offsets.size, np.int64)
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
        """Of each id, the neighbour that all its blocks have, else NONE."""
        if neighbours.size == 0:
            return neighbours
        grouped = neighbours[self.members]
        if self.first.size == grouped.size:
            return grouped
        least, most = np.minimum.reduceat(grouped, self.first), np.maximum.reduceat(grouped, self.first)
        return np.where(least == most, least, NONE).astype(np.int32)


def _whole_blocks(texts: list[Text]) -> tuple[Numbers, Flags]:
    """Where they begin, and which of them is the last of its document."""
    starts = np.array([text.start for text in texts], np.int64)
    counts = np.array([text.size // BLOCK for text in texts], np.int64)
    ends = np.cumsum(counts)
    blocks: Numbers = np.arange(int(ends[-1]) if ends.size else 0) * BLOCK + np.repeat(
        starts - (ends - counts) * BLOCK, counts
    )
    last = np.zeros(blocks.size, np.bool_)
    last[ends[counts > 0] - 1] = True
    return blocks, last
