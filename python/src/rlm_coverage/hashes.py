"""Hashes of windows of bytes: a weak one that is cheap at every offset of a message, and a strong one of chunks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import numpy as np

from .arrays import Bytes, Numbers, Strong, Weak

SLAB = 1 << 14
"""How many elements are worked on at a time, so that they stay in the processor's cache."""

WORD = 4


class WeakHash:
    """Hashes windows of ``width`` bytes, a power of two and at least 4, at every offset of a message."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._steps = random_odd((width // WORD).bit_length() - 1).astype(np.uint32)

    def of(self, windows: Bytes) -> Weak:
        """Hashes each of ``windows``, which are rows of ``width`` bytes."""
        hashes = np.ascontiguousarray(windows).view(np.uint32)
        for step in self._steps:
            hashes = hashes[:, 0::2] * step + hashes[:, 1::2]
        return hashes[:, 0]

    def everywhere(self, message: Bytes) -> Iterator[tuple[Numbers, Weak]]:
        """Gives offsets with the hashes of the windows there, every offset once. Each step doubles the windows."""
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
    """Hashes windows of ``width`` bytes, a multiple of 8. Two that differ have the same hash once in 2**64.

    The constants are random, so that no text can be made to collide.
    """

    def __init__(self, width: int) -> None:
        self._before, self._after = random_odd(width // 8), random_odd(width // 8)

    def of(self, windows: Bytes) -> Strong:
        """Hashes each of ``windows``, which are rows of ``width`` bytes."""
        words = np.ascontiguousarray(windows).view(np.uint64)
        mixed = np.full(words.shape[0], self._before[0])
        for column in range(words.shape[1]):
            mixed ^= words[:, column]
            mixed *= self._before[column]
            mixed ^= mixed >> np.uint64(32)
            mixed *= self._after[column]
        return mixed


def random_odd(count: int) -> Strong:
    """Gives random odd numbers: factors that lose no bits."""
    return np.frombuffer(secrets.token_bytes(8 * count), np.uint64) | np.uint64(1)
