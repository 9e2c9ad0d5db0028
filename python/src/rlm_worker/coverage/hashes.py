"""Hashes of windows of bytes: a weak one that can be had at every offset of a message, and a strong one of blocks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Ids = NDArray[np.int32]
Flags = NDArray[np.bool_]
Weak = NDArray[np.uint32]
Strong = NDArray[np.uint64]

SLAB = 1 << 14
"""Elements that are worked on at a time, so that they stay in the processor's cache."""

WORD = 4


class WeakHash:
    """Of windows of ``width`` bytes, a power of two and at least 4."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._steps = _odd((width // WORD).bit_length() - 1).astype(np.uint32)

    def of(self, windows: Bytes) -> Weak:
        """``windows``: rows of ``width`` bytes."""
        hashes = np.ascontiguousarray(windows).view(np.uint32)
        for step in self._steps:
            hashes = hashes[:, 0::2] * step + hashes[:, 1::2]
        return hashes[:, 0]

    def everywhere(self, message: Bytes) -> Iterator[tuple[Numbers, Weak]]:
        """Offsets, and the hashes of the windows there; every offset once. Each step doubles the windows."""
        for phase in range(min(WORD, max(0, message.size - self.width + 1))):
            words = message[phase : phase + (message.size - phase) // WORD * WORD].view(np.uint32)
            more = self.width // WORD - 1
            for at in range(0, words.size - more, SLAB):
                hashes = words[at : at + SLAB + more]
                for power, step in enumerate(self._steps):
                    halves = hashes[: -(1 << power)] * step
                    halves += hashes[1 << power :]
                    hashes = halves
                yield np.arange(at, at + hashes.size) * WORD + phase, hashes


class StrongHash:
    """Of windows of ``width`` bytes, a multiple of 8. Two that differ have the same hash once in 2**64.

    The constants are random, so that no text can be made to collide.
    """

    def __init__(self, width: int) -> None:
        self._before, self._after = _odd(width // 8), _odd(width // 8)

    def of(self, windows: Bytes) -> Strong:
        words = np.ascontiguousarray(windows).view(np.uint64)
        mixed = np.full(words.shape[0], self._before[0])
        for column in range(words.shape[1]):
            mixed ^= words[:, column]
            mixed *= self._before[column]
            mixed ^= mixed >> np.uint64(32)
            mixed *= self._after[column]
        return mixed


class Filter:
    """Which weak hashes some set has: never wrong about one that it has, and seldom about another."""

    def __init__(self, members: Weak) -> None:
        # Two tables, each at least eight times as large as the set: together they let 1.5 % of the others through.
        bits = min(24, max(16, (8 * members.size).bit_length()))
        self._shift = np.uint32(32 - bits)
        self._factors = _odd(2).astype(np.uint32)
        self._tables = [np.zeros(1 << bits, np.bool_) for _ in self._factors]
        for table, factor in zip(self._tables, self._factors, strict=True):
            table[(members * factor) >> self._shift] = True

    def likely(self, hashes: Weak) -> Numbers:
        """The places of those that the set probably has."""
        found = np.flatnonzero(self._has(0, hashes))
        return found[self._has(1, hashes[found])]

    def _has(self, table: int, hashes: Weak) -> Flags:
        places = ((hashes * self._factors[table]) >> self._shift).astype(np.int64)
        return self._tables[table][places]


def _odd(count: int) -> Strong:
    return np.frombuffer(secrets.token_bytes(8 * count), np.uint64) | np.uint64(1)
