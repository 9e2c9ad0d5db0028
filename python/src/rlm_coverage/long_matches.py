"""Long matches of a message, found by a few probes: most of a long prompt is usually one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

import numpy as np

from .chunk_index import ChunkIndex
from .corpus import CHUNK, StoredText

PROBE_EVERY = 1 << 12
"""Bytes of a message between two probes."""

LEAST_LONG_MATCH = 1 << 12
"""Bytes of the shortest match that is looked for so. What is shorter is found seed by seed."""

PROBE_BYTES = 3 * CHUNK
"""Bytes of a probe: enough to hold a whole chunk, however the match lies."""

TOGETHER = 4
"""How many probes are made at a time."""

PLACES = 4
"""How many places of a chunk are tried."""

STRIDE = 1 << 16
"""Bytes that are compared at a time."""


@dataclass(frozen=True, slots=True)
class LongMatch:
    """A match: the ``size`` bytes at ``offset`` of a message are those at ``start`` of the memory."""

    offset: int
    start: int
    size: int


class LongMatchFinder:
    """Finds the long matches of messages in the texts that ``chunks`` are of."""

    def __init__(self, chunks: ChunkIndex, memory: mmap, texts: list[StoredText]) -> None:
        self._chunks = chunks
        self._memory = memory
        self._texts = texts
        self._starts = np.array([text.start for text in texts], np.int64)

    def find(self, message: bytes) -> Iterator[LongMatch]:
        """Gives the long matches of a message in their order, apart from each other."""
        reached, at = 0, 0
        while at < len(message) - LEAST_LONG_MATCH:
            match = self._probed(message, at, reached)
            if match is None:
                at += TOGETHER * PROBE_EVERY
            else:
                yield match
                at = reached = match.offset + match.size

    def _probed(self, message: bytes, begin: int, reached: int) -> LongMatch | None:
        """Gives the first match that a few probes from ``begin`` on find, not to begin before ``reached``."""
        offsets = [begin + PROBE_EVERY * turn for turn in range(TOGETHER)]
        probes = b"".join(message[at : at + PROBE_BYTES].ljust(PROBE_BYTES, b"\xff") for at in offsets)
        found, ids = self._chunks.seeds(np.frombuffer(probes, np.uint8))
        probe, within = np.divmod(found, PROBE_BYTES)
        for place in np.flatnonzero(np.diff(probe, prepend=-1)).tolist():  # the first chunk of each probe is enough
            first = int(self._chunks.first[ids[place]])
            places = self._chunks.members[first : first + min(PLACES, int(self._chunks.count[ids[place]]))]
            offset = offsets[int(probe[place])] + int(within[place])
            match = self._extended(message, offset, self._chunks.start[places].tolist(), reached)
            if match.size >= LEAST_LONG_MATCH:
                return match
        return None

    def _extended(self, message: bytes, offset: int, places: list[int], reached: int) -> LongMatch:
        """Gives the longest match through any of the places."""
        extended = [self._extend(message, offset, place, reached) for place in places]
        return max(extended, key=lambda match: match.size)

    def _extend(self, message: bytes, offset: int, place: int, reached: int) -> LongMatch:
        text = self._texts[int(np.searchsorted(self._starts, place, "right")) - 1]
        most_left, most_right = min(offset - reached, place - text.start), min(len(message) - offset, text.end - place)
        left, right = 0, 0
        memory = self._memory
        while left < most_left:
            step = min(STRIDE, most_left - left)
            same = _same_at_end(
                message[offset - left - step : offset - left], memory[place - left - step : place - left]
            )
            left += same
            if same < step:
                break
        while right < most_right:
            step = min(STRIDE, most_right - right)
            one, other = offset + right, place + right
            same = _same(message[one : one + step], memory[other : other + step])
            right += same
            if same < step:
                break
        return LongMatch(offset - left, place - left, left + right)


def _same(one: bytes, other: bytes) -> int:
    """Counts the bytes that are the same before the first that is not."""
    if one == other:
        return len(one)
    return int(np.argmax(np.frombuffer(one, np.uint8) != np.frombuffer(other, np.uint8)))


def _same_at_end(one: bytes, other: bytes) -> int:
    """Counts the bytes that are the same after the last that is not."""
    if one == other:
        return len(one)
    return int(np.argmax(np.frombuffer(one, np.uint8)[::-1] != np.frombuffer(other, np.uint8)[::-1]))
