"""Long runs of the documents in a message, found by a few probes: most of a long prompt is usually one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

import numpy as np

from .blocks import Blocks
from .documents import BLOCK, Text

PROBE_EVERY = 1 << 12
"""Bytes of a message between two probes."""

LEAST_RUN = 1 << 12
"""Bytes of the shortest run that is told. What is shorter is found block by block."""

PROBE_BYTES = 3 * BLOCK
"""Enough to hold a whole block, however the run lies."""

TOGETHER = 4
"""How many probes are made at a time."""

PLACES = 4
"""How many places of a block are tried."""

STRIDE = 1 << 16


@dataclass(frozen=True, slots=True)
class Run:
    """``size`` bytes at ``offset`` of a message are those at ``start`` of the memory."""

    offset: int
    start: int
    size: int


class RunFinder:
    """In the documents that ``blocks`` are of."""

    def __init__(self, blocks: Blocks, memory: mmap, texts: list[Text]) -> None:
        self._blocks = blocks
        self._memory = memory
        self._texts = texts
        self._starts = np.array([text.start for text in texts], np.int64)

    def runs(self, message: bytes) -> Iterator[Run]:
        """In order, and apart from each other."""
        reached, at = 0, 0
        while at < len(message) - LEAST_RUN:
            run = self._probed(message, at, reached)
            if run is None:
                at += TOGETHER * PROBE_EVERY
            else:
                yield run
                at = reached = run.offset + run.size

    def _probed(self, message: bytes, begin: int, reached: int) -> Run | None:
        """The first run that a few probes from ``begin`` on find, not to begin before ``reached``."""
        offsets = [begin + PROBE_EVERY * turn for turn in range(TOGETHER)]
        probes = b"".join(message[at : at + PROBE_BYTES].ljust(PROBE_BYTES, b"\xff") for at in offsets)
        found, ids = self._blocks.find(np.frombuffer(probes, np.uint8))
        probe, within = np.divmod(found, PROBE_BYTES)
        for place in np.flatnonzero(np.diff(probe, prepend=-1)).tolist():  # the first block of each probe is enough
            first = int(self._blocks.first[ids[place]])
            places = self._blocks.members[first : first + min(PLACES, int(self._blocks.count[ids[place]]))]
            offset = offsets[int(probe[place])] + int(within[place])
            run = self._followed(message, offset, self._blocks.start[places].tolist(), reached)
            if run.size >= LEAST_RUN:
                return run
        return None

    def _followed(self, message: bytes, offset: int, places: list[int], reached: int) -> Run:
        """The longest run through any of the places."""
        followed = [self._follow(message, offset, place, reached) for place in places]
        return max(followed, key=lambda run: run.size)

    def _follow(self, message: bytes, offset: int, place: int, reached: int) -> Run:
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
        return Run(offset - left, place - left, left + right)


def _same(one: bytes, other: bytes) -> int:
    """How many bytes are the same before the first that is not."""
    if one == other:
        return len(one)
    return int(np.argmax(np.frombuffer(one, np.uint8) != np.frombuffer(other, np.uint8)))


def _same_at_end(one: bytes, other: bytes) -> int:
    if one == other:
        return len(one)
    return int(np.argmax(np.frombuffer(one, np.uint8)[::-1] != np.frombuffer(other, np.uint8)[::-1]))
