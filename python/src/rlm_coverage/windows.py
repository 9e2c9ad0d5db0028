"""Windows of bytes: short strings by which long ones are found, cut out many at a time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from struct import Struct

WIDTH = 32
"""Bytes of a window by which a match is found."""


def windows(data: bytes, width: int, stride: int, offset: int = 0) -> tuple[bytes, ...]:
    """Gives every window that begins ``offset``, ``offset`` + ``stride``, … bytes after the begin of some bytes."""
    room = len(data) - offset - width
    return _cut(width, stride, room // stride + 1).unpack_from(data, offset) if room >= 0 else ()


def windows_everywhere(data: bytes, width: int) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    """Gives the windows at every offset, those together that stand side by side, with the offset of the first."""
    for offset in range(min(width, max(0, len(data) - width + 1))):
        yield offset, windows(data, width, width, offset)


@lru_cache(64)
def _cut(width: int, stride: int, count: int) -> Struct:
    return Struct(f"{width}s{stride - width}x" * (count - 1) + f"{width}s")
