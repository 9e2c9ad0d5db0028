"""Characters of UTF-8 in bytes: where they begin, and how many there are."""

from __future__ import annotations

import numpy as np

from .arrays import Bytes, Flags, Numbers
from .corpus import CHUNK

LONGEST = 4
"""Bytes of the longest character."""

SLAB_BYTES = 1 << 22


def character_after(memory: Bytes, places: Numbers) -> Numbers:
    """Gives for each place the first at or after it at which a character begins."""
    for _ in range(LONGEST - 1):
        places = places + _continues(memory[places])
    return places


def character_before(memory: Bytes, places: Numbers) -> Numbers:
    """Gives for each place the last at or before it at which a character begins."""
    for _ in range(LONGEST - 1):
        places = places - _continues(memory[places])
    return places


class CharacterCounts:
    """Counts the characters that begin before a place of the memory, from a count for each chunk."""

    def __init__(self, memory: Bytes) -> None:
        self._memory = memory
        self._before_chunk = np.zeros(memory.size // CHUNK + 1, np.int64)
        for at in range(0, memory.size, SLAB_BYTES):
            starts = ~_continues(memory[at : at + SLAB_BYTES]).reshape(-1, CHUNK)
            self._before_chunk[at // CHUNK + 1 : at // CHUNK + 1 + len(starts)] = np.count_nonzero(starts, axis=1)
        np.cumsum(self._before_chunk, out=self._before_chunk)

    def before(self, places: Numbers) -> Numbers:
        """Gives for each place how many characters begin before it."""
        chunk = places // CHUNK
        columns = np.arange(CHUNK)
        starts = ~_continues(self._memory.reshape(-1, CHUNK)[np.minimum(chunk, self._memory.size // CHUNK - 1)])
        in_chunk = np.count_nonzero(starts & (columns < (places - chunk * CHUNK)[:, None]), axis=1)
        return self._before_chunk[chunk] + in_chunk


def _continues(memory: Bytes) -> Flags:
    return (memory & 0xC0) == 0x80
