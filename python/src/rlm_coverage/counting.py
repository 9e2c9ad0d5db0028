"""What counts as read: which matches are long enough, in whole characters."""

from __future__ import annotations

from .corpus import Text
from .spans import Span

LEAST_MATCH = 128
"""Bytes of the shortest match that counts wherever it stands."""

LEAST_SUFFIX = 16
"""Bytes of the shortest end of a text that counts by itself."""


def counted(text: Text, start: int, match: bytes) -> Span | None:
    """Gives the span of a match that counts, without the parts of characters at its edges; else None.

    ``match`` are the bytes of ``text`` from the address ``start`` on that stand in a message.
    """
    begin, end = start, start + len(match)
    if not match.isascii():
        begin, end = begin + _begun_before(match), end - _cut_at_end(match)
    if end - begin >= LEAST_MATCH:
        return begin, end
    is_suffix = end == text.end and (end - begin >= LEAST_SUFFIX or begin == text.start)
    return (begin, end) if is_suffix and end > begin else None


def _begun_before(data: bytes) -> int:
    """Counts the bytes of a character that began before."""
    count = 0
    while count < min(3, len(data)) and _continues(data[count]):
        count += 1
    return count


def _cut_at_end(data: bytes) -> int:
    """Counts the bytes of a character that goes on behind the end."""
    for count in range(1, min(3, len(data)) + 1):
        byte = data[-count]
        if not _continues(byte):
            return count if count < 1 + (byte >= 0xC0) + (byte >= 0xE0) + (byte >= 0xF0) else 0
    return 0


def _continues(byte: int) -> bool:
    return byte & 0xC0 == 0x80
