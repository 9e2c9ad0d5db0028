"""Characters of UTF-8 in bytes: where they begin, and how many there are."""

from __future__ import annotations

import numpy as np

from .documents import BLOCK
from .hashes import Bytes, Flags, Numbers

LONGEST = 4
SLAB_BYTES = 1 << 22


def character_after(memory: Bytes, places: Numbers) -> Numbers:
    """For each place the first at or after it at which a character begins."""
    for _ in range(LONGEST - 1):
        places = places + _continues(memory[places])
    return places


def character_before(memory: Bytes, places: Numbers) -> Numbers:
    """For each place the last at or before it at which a character begins."""
    for _ in range(LONGEST - 1):
        places = places - _continues(memory[places])
    return places


class CharacterCounts:
    """How many characters begin before a place of the memory."""

    def __init__(self, memory: Bytes) -> None:
        self._memory = memory
        self._before_block = np.zeros(memory.size // BLOCK + 1, np.int64)
        for at in range(0, memory.size, SLAB_BYTES):
            starts = ~_continues(memory[at : at + SLAB_BYTES]).reshape(-1, BLOCK)
            self._before_block[at // BLOCK + 1 : at // BLOCK + 1 + len(starts)] = np.count_nonzero(starts, axis=1)
        np.cumsum(self._before_block, out=self._before_block)

    def before(self, places: Numbers) -> Numbers:
        block = places // BLOCK
        columns = np.arange(BLOCK)
        starts = ~_continues(self._memory.reshape(-1, BLOCK)[np.minimum(block, self._memory.size // BLOCK - 1)])
        in_block = np.count_nonzero(starts & (columns < (places - block * BLOCK)[:, None]), axis=1)
        return self._before_block[block] + in_block


def _continues(memory: Bytes) -> Flags:
    return (memory & 0xC0) == 0x80
