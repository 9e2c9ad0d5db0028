"""A Bloom filter over weak hashes: what keeps most offsets of a message from being looked up."""

from __future__ import annotations

import numpy as np

from .arrays import Flags, Numbers, Weak
from .hashes import random_odd


class BloomFilter:
    """A set of weak hashes that is never wrong about one that it has, and seldom about another."""

    def __init__(self, members: Weak) -> None:
        # Two tables, each at least eight times as large as the set: together they let 1.5 % of the others through.
        bits = min(24, max(16, (8 * members.size).bit_length()))
        self._shift = np.uint32(32 - bits)
        self._factors = random_odd(2).astype(np.uint32)
        self._tables = [np.zeros(1 << bits, np.bool_) for _ in self._factors]
        for table, factor in zip(self._tables, self._factors, strict=True):
            table[(members * factor) >> self._shift] = True

    def likely(self, hashes: Weak) -> Numbers:
        """Gives the places of those hashes that the set probably has, ascending."""
        found = np.flatnonzero(self._has(0, hashes))
        return found[self._has(1, hashes[found])]

    def _has(self, table: int, hashes: Weak) -> Flags:
        places = ((hashes * self._factors[table]) >> self._shift).astype(np.int64)
        return self._tables[table][places]
