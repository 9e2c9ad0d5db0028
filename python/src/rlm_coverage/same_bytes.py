"""How far two places hold the same bytes, to the right and to the left."""

from __future__ import annotations

from typing import Protocol

SMALL = 256
"""Bytes that are compared first, and by one number."""

LARGE = 1 << 18
"""Bytes that are compared at a time, at most."""


class Ground(Protocol):
    """What bytes are read from, by address."""

    def read(self, begin: int, end: int) -> bytes:
        """Gives the bytes between two addresses."""
        ...


class Message:
    """A message as ground: its addresses are its offsets."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, begin: int, end: int) -> bytes:
        """Gives a slice."""
        return self.data[begin:end]


def same_to_the_right(one: Ground, at: int, other: Ground, there: int, most: int, step: int = SMALL) -> int:
    """Counts the bytes that are the same from two addresses on, ``most`` at most, ``step`` at a time at first."""
    same = 0
    while same < most:
        step = min(step, most - same)
        found = _same_start(one.read(at + same, at + same + step), other.read(there + same, there + same + step))
        same += found
        if found < step:
            break
        step = min(LARGE, 8 * step)
    return same


def same_to_the_left(one: Ground, at: int, other: Ground, there: int, most: int) -> int:
    """Counts the bytes that are the same before two addresses, ``most`` at most."""
    same, step = 0, SMALL
    while same < most:
        step = min(step, most - same)
        found = _same_end(one.read(at - same - step, at - same), other.read(there - same - step, there - same))
        same += found
        if found < step:
            break
        step = min(LARGE, 8 * step)
    return same


def _same_start(one: bytes, other: bytes) -> int:
    if one == other:
        return len(one)
    low, high = 0, len(one)
    while high - low > SMALL:
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    differ = int.from_bytes(one[low:high]) ^ int.from_bytes(other[low:high])
    return high - (differ.bit_length() + 7) // 8


def _same_end(one: bytes, other: bytes) -> int:
    if one == other:
        return len(one)
    low, high = 0, len(one)
    while high - low > SMALL:
        middle = (low + high) // 2
        if one[middle:high] == other[middle:high]:
            high = middle
        else:
            low = middle
    differ = int.from_bytes(one[low:high], "little") ^ int.from_bytes(other[low:high], "little")
    return len(one) - low - (differ.bit_length() + 7) // 8
