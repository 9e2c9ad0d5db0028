"""Maximal matches of the texts in messages, by seed and extend: a chunk of a text in a message is the seed."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .arrays import Bytes, Flags, Ids, Numbers
from .characters import character_after, character_before
from .chunk_index import NONE, ChunkIndex
from .corpus import CHUNK, StoredText
from .spans import Spans

LEAST_MATCH = 128
"""Bytes of the shortest match that counts wherever it stands: enough to hold a whole chunk, however it lies."""

REACH = 134
"""Bytes by which a seed is extended to each side: over the next chunk, and to the end of a cut character."""

OCCURRENCES = 10_000
"""How many places of one chunk are looked at, at most, for one seed."""

COMMON = 1_000
"""A chunk with more places than this tells little of where a match is; its rarer neighbours are extended over it."""

COMPARISONS = 20_000
"""How many places are looked at for one message, at most, and one more for every 16 bytes of it; rare chunks first."""

PAIRS = 1 << 13
"""How many places are looked at together."""

BIAS = 4
"""A character that is cut by a chunk's edge makes its match up to three bytes shorter than the chunk."""


class MaximalMatches:
    """Keeps which maximal matches of some texts stood in messages, chunk by chunk.

    A seed whose neighbours in the texts are always the same ones, and stand beside it in the message as well, is an
    inner chunk, and is marked once for all of its places. Every other is extended at each of them: compared byte by
    byte, outward.
    """

    def __init__(self, chunks: ChunkIndex, memory: Bytes, texts: list[StoredText]) -> None:
        """``texts`` are those of the chunks, in the order of the memory."""
        self._chunks = chunks
        self._memory = memory
        self._starts = np.array([text.start for text in texts], np.int64)
        self._ends = np.array([text.end for text in texts], np.int64)
        self._before, self._after = (self._worth_following(ids) for ids in (chunks.before, chunks.after))
        self._hits = 0
        self._inner = np.zeros(chunks.first.size, np.bool_)
        self._left, self._right = (np.zeros(chunks.start.size, np.uint8) for _ in range(2))

    def add(self, message: Bytes) -> Numbers:
        """Marks what matches a message, and gives the offsets of its inner chunks.

        At least REACH bytes that are in no text must stand before and after the message.
        """
        offsets, ids = self._chunks.seeds(message)
        inner = self._are_inner(message.size, offsets, ids)
        self._inner[ids[inner]] = True
        self._extend(message, offsets[~inner], ids[~inner])
        return offsets[inner]

    def spans(self) -> Spans:
        """Gives the spans of all matches, of whole characters and in any order. They may overlap."""
        begins, ends = self.inner_spans()
        start, extended = self._chunks.start, np.flatnonzero(self._left)
        lefts = start[extended] + BIAS - self._left[extended]
        rights = start[extended] + CHUNK - BIAS + self._right[extended]
        return np.concatenate([begins, lefts]), np.concatenate([ends, rights])

    def inner_spans(self) -> Spans:
        """Gives the spans around the inner chunks. What is short and stands in one of them stood in one message."""
        inner = np.concatenate([[False], self._inner[self._chunks.id_of], [False]])
        edges = np.flatnonzero(inner[1:] != inner[:-1])
        begins = self._chunks.start[edges[0::2]] - CHUNK
        ends = self._chunks.start[edges[1::2] - 1] + 2 * CHUNK
        return character_after(self._memory, begins), character_before(self._memory, ends)

    def _worth_following(self, neighbours: Ids) -> Ids:
        common = np.append(self._chunks.count > COMMON, False)
        return np.where(common[neighbours] & ~common[:-1], NONE, neighbours).astype(np.int32)

    def _are_inner(self, size: int, offsets: Numbers, ids: Numbers) -> Flags:
        at = np.full(size + 2 * CHUNK, NONE, np.int32)
        at[offsets + CHUNK] = ids
        before, after = self._before[ids], self._after[ids]
        known = (before != NONE) & (after != NONE)
        return known & (at[offsets] == before) & (at[offsets + 2 * CHUNK] == after)

    def _extend(self, message: Bytes, offsets: Numbers, ids: Numbers) -> None:
        counts = np.minimum(self._chunks.count[ids], OCCURRENCES)
        order = np.argsort(counts, kind="stable")
        offsets, ids, counts = offsets[order], ids[order], counts[order]
        within = np.cumsum(counts) <= COMPARISONS + message.size // 16
        offsets, ids, counts = offsets[within], ids[within], counts[within]
        ends = np.cumsum(counts)
        hits = np.repeat(np.arange(counts.size), counts)
        turns = np.arange(hits.size) - np.repeat(ends - counts, counts)
        # Where there are more places than are looked at, each hit goes on where the one before it stopped.
        turns += (self._hits + hits) * OCCURRENCES
        self._hits += counts.size
        chunks = self._chunks.members[self._chunks.first[ids[hits]] + turns % self._chunks.count[ids[hits]]]
        for at in range(0, hits.size, PAIRS):
            self._extend_each(message, offsets[hits[at : at + PAIRS]], chunks[at : at + PAIRS])

    def _extend_each(self, message: Bytes, offsets: Numbers, chunks: Ids) -> None:
        starts = self._chunks.start[chunks]
        text = np.searchsorted(self._starts, starts, "right") - 1
        in_message, in_memory = sliding_window_view(message, REACH), sliding_window_view(self._memory, REACH)
        left = same_from_start(in_message[offsets - REACH, ::-1], in_memory[starts - REACH, ::-1])
        right = same_from_start(in_message[offsets + CHUNK], in_memory[starts + CHUNK])
        begins = np.maximum(starts - left, self._starts[text])
        ends = np.minimum(starts + CHUNK + right, self._ends[text])
        begins, ends = character_after(self._memory, begins), character_before(self._memory, ends)
        counted = ends - begins >= LEAST_MATCH
        starts, chunks = starts[counted], chunks[counted]
        np.maximum.at(self._left, chunks, (starts - begins[counted] + BIAS).astype(np.uint8))
        np.maximum.at(self._right, chunks, (ends[counted] - starts - CHUNK + BIAS).astype(np.uint8))


def same_from_start(one: Bytes, other: Bytes) -> Numbers:
    """Counts in each row the bytes that are the same before the first that is not."""
    differ = np.append(one != other, np.ones((len(one), 1), np.bool_), axis=1)
    return np.argmax(differ, axis=1)
