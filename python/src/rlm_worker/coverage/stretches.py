"""Stretches of the documents that stand in a message: found by the blocks in them, and followed to their very ends."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .blocks import NONE, Blocks
from .characters import character_after, character_before
from .documents import BLOCK, Text
from .hashes import Bytes, Flags, Ids, Numbers
from .spans import Spans

LEAST = 128
"""Bytes of the shortest stretch that counts wherever it stands: enough to hold a whole block, however it lies."""

REACH = 134
"""How far, in bytes, a stretch is followed from a block: over the next one, and to the end of a cut character."""

OCCURRENCES = 10_000
"""How many places of one block are looked at, at most, for one place of a text."""

COMMON = 1_000
"""A block with more places than this tells little of where a stretch is; its rarer neighbours are followed over it."""

COMPARISONS = 20_000
"""How many places are looked at for one text, at most, and one more for every 16 bytes of it; rare blocks first."""

PAIRS = 1 << 13
"""How many places are looked at together."""

BIAS = 4
"""A character that is cut by a block's edge makes its stretch up to three bytes shorter than the block."""


class Stretches:
    """What was seen of the blocks of some documents.

    A block whose neighbours in the documents are always the same ones, and stand beside it in the text as well, is
    marked once for all of its places. Every other is compared with its places, byte by byte, outward.
    """

    def __init__(self, blocks: Blocks, memory: Bytes, texts: list[Text]) -> None:
        """``texts``: those of the blocks, in the order of the memory."""
        self._blocks = blocks
        self._memory = memory
        self._starts = np.array([text.start for text in texts], np.int64)
        self._ends = np.array([text.end for text in texts], np.int64)
        self._before, self._after = (self._worth_following(ids) for ids in (blocks.before, blocks.after))
        self._hits = 0
        self._inner = np.zeros(blocks.first.size, np.bool_)
        self._left, self._right = (np.zeros(blocks.start.size, np.uint8) for _ in range(2))

    def see(self, text: Bytes) -> Numbers:
        """``text``: at least REACH bytes that are in no document stand before and after it. Returns the offsets of the
        blocks that were marked for all of their places."""
        offsets, ids = self._blocks.find(text)
        inner = self._are_inner(text.size, offsets, ids)
        self._inner[ids[inner]] = True
        self._compare(text, offsets[~inner], ids[~inner])
        return offsets[inner]

    def seen(self) -> Spans:
        """Of whole characters, in any order. They may overlap."""
        begins, ends = self.inner()
        start, compared = self._blocks.start, np.flatnonzero(self._left)
        lefts = start[compared] + BIAS - self._left[compared]
        rights = start[compared] + BLOCK - BIAS + self._right[compared]
        return np.concatenate([begins, lefts]), np.concatenate([ends, rights])

    def inner(self) -> Spans:
        """Around the blocks that were marked for all of their places. What is short and stands in one of these spans
        stood in one text."""
        inner = np.concatenate([[False], self._inner[self._blocks.id_of], [False]])
        edges = np.flatnonzero(inner[1:] != inner[:-1])
        begins = self._blocks.start[edges[0::2]] - BLOCK
        ends = self._blocks.start[edges[1::2] - 1] + 2 * BLOCK
        return character_after(self._memory, begins), character_before(self._memory, ends)

    def _worth_following(self, neighbours: Ids) -> Ids:
        common = np.append(self._blocks.count > COMMON, False)
        return np.where(common[neighbours] & ~common[:-1], NONE, neighbours).astype(np.int32)

    def _are_inner(self, size: int, offsets: Numbers, ids: Numbers) -> Flags:
        at = np.full(size + 2 * BLOCK, NONE, np.int32)
        at[offsets + BLOCK] = ids
        before, after = self._before[ids], self._after[ids]
        known = (before != NONE) & (after != NONE)
        return known & (at[offsets] == before) & (at[offsets + 2 * BLOCK] == after)

    def _compare(self, text: Bytes, offsets: Numbers, ids: Numbers) -> None:
        counts = np.minimum(self._blocks.count[ids], OCCURRENCES)
        order = np.argsort(counts, kind="stable")
        offsets, ids, counts = offsets[order], ids[order], counts[order]
        within = np.cumsum(counts) <= COMPARISONS + text.size // 16
        offsets, ids, counts = offsets[within], ids[within], counts[within]
        ends = np.cumsum(counts)
        hits = np.repeat(np.arange(counts.size), counts)
        turns = np.arange(hits.size) - np.repeat(ends - counts, counts)
        # Where there are more places than are looked at, each hit goes on where the one before it stopped.
        turns += (self._hits + hits) * OCCURRENCES
        self._hits += counts.size
        blocks = self._blocks.members[self._blocks.first[ids[hits]] + turns % self._blocks.count[ids[hits]]]
        for at in range(0, hits.size, PAIRS):
            self._compare_each(text, offsets[hits[at : at + PAIRS]], blocks[at : at + PAIRS])

    def _compare_each(self, text: Bytes, offsets: Numbers, blocks: Ids) -> None:
        starts = self._blocks.start[blocks]
        document = np.searchsorted(self._starts, starts, "right") - 1
        in_text, in_memory = sliding_window_view(text, REACH), sliding_window_view(self._memory, REACH)
        left = same_from_start(in_text[offsets - REACH, ::-1], in_memory[starts - REACH, ::-1])
        right = same_from_start(in_text[offsets + BLOCK], in_memory[starts + BLOCK])
        begins = np.maximum(starts - left, self._starts[document])
        ends = np.minimum(starts + BLOCK + right, self._ends[document])
        begins, ends = character_after(self._memory, begins), character_before(self._memory, ends)
        counted = ends - begins >= LEAST
        starts, blocks = starts[counted], blocks[counted]
        np.maximum.at(self._left, blocks, (starts - begins[counted] + BIAS).astype(np.uint8))
        np.maximum.at(self._right, blocks, (ends[counted] - starts - BLOCK + BIAS).astype(np.uint8))


def same_from_start(one: Bytes, other: Bytes) -> Numbers:
    """Of each row, how many bytes are the same before the first that is not."""
    differ = np.append(one != other, np.ones((len(one), 1), np.bool_), axis=1)
    return np.argmax(differ, axis=1)
