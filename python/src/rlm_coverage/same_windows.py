"""All matches between messages and texts: windows of the smaller side at every offset are looked up in the larger."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

from .counting import LEAST_MATCH
from .same_bytes import Ground, same_to_the_left, same_to_the_right
from .spans import Span
from .sparse_index import DENSE
from .windows import WIDTH, windows

NEEDLES = 1 << 16
"""Windows that are looked for at a time."""

NEEDLE_BYTES = 1 << 19
"""Bytes of the smaller side whose windows are looked for at every offset; of a larger one at some."""

HAY_BYTES = 1 << 29
"""Bytes of the larger side that are looked through at the dense stride; more of them at a wider one."""

AGAIN_BYTES = 1 << 27
"""Bytes of the larger side that are looked through, over all rounds, where NEEDLES are not all."""

COMPARISONS = 20_000
"""Places that are compared, at most."""

LEAST_EACH = 4
"""Places that one window is compared at, at least, where it stands in so many."""

PIECE_BYTES = 1 << 18


class Side:
    """Spans of some ground; those that lie in another are left out."""

    def __init__(self, ground: Ground, spans: Iterable[Span]) -> None:
        self.ground = ground
        self.spans: list[Span] = []
        for begin, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
            if end - begin >= LEAST_MATCH and (not self.spans or end > self.spans[-1][1]):
                self.spans.append((begin, end))
        self._begins = [begin for begin, _ in self.spans]
        self.size = sum(end - begin for begin, end in self.spans)

    def holding(self, address: int) -> Iterator[Span]:
        """Gives the spans that hold a whole window at an address."""
        turn = bisect_right(self._begins, address)
        while turn > 0 and self.spans[turn - 1][1] >= address + WIDTH:
            turn -= 1
            yield self.spans[turn]

    def pieces(self, stride: int) -> Iterator[tuple[int, bytes]]:
        """Gives all bytes, a piece at a time, with the address of its first."""
        step = stride * max(1, PIECE_BYTES // stride)
        for begin, end in self.spans:
            for at in range(begin, end - WIDTH + 1, step):
                yield at, self.ground.read(at, min(end, at + step - stride + WIDTH))

    def parts(self, most: int, least: int) -> Iterator[tuple[int, bytes]]:
        """Gives all bytes with the address of the first; or when they are more than ``most``, parts of ``least``."""
        every = NEEDLES if self.size <= most else max(least, least * self.size // most)
        size = NEEDLES + WIDTH - 1 if self.size <= most else least
        for begin, end in self.spans:
            for at in range(begin, end - WIDTH + 1, every):
                yield at, self.ground.read(at, min(end, at + size))


class Table:
    """The addresses of some windows, most of which have one."""

    def __init__(self, parts: Iterator[tuple[int, bytes]]) -> None:
        """Takes the windows at every offset of the next parts, about NEEDLES of them."""
        self.first: dict[bytes, int] = {}
        self._more: dict[bytes, list[int]] = {}
        size = 0
        while size < NEEDLES and (part := next(parts, None)) is not None:
            self._add(*part)
            size += len(part[1])

    def _add(self, begin: int, data: bytes) -> None:
        for offset in range(len(data) - WIDTH + 1):
            window, address = data[offset : offset + WIDTH], begin + offset
            if self.first.setdefault(window, address) != address:
                self._more.setdefault(window, []).append(address)

    def addresses(self, window: bytes, most: int) -> list[int]:
        """Gives where a window that is known stands."""
        return [self.first[window], *self._more.get(window, ())[: most - 1]]


class Pair(NamedTuple):
    """Two places of the same bytes, with the spans that they lie in."""

    needle: int
    needle_span: Span
    hay: int
    hay_span: Span


class Inside:
    """Knows what lies deep in matches: what matches there, too, and reaches farther, is found nearer their edges."""

    BLOCK = 8

    def __init__(self, end: int) -> None:
        self._blocks = bytearray((end >> self.BLOCK) + 1)

    def add(self, start: int, size: int) -> None:
        """Takes a match."""
        begin, end = (start + LEAST_MATCH >> self.BLOCK) + 1, start + size - LEAST_MATCH >> self.BLOCK
        if end > begin:
            self._blocks[begin:end] = b"\x01" * (end - begin)

    def has(self, address: int) -> bool:
        """Whether an address lies deep in a match."""
        return self._blocks[address >> self.BLOCK] == 1


class Matches:
    """Every match of at least LEAST_MATCH bytes of messages in texts, or parts of it that together hold all of it; not
    all of them when both sides are large."""

    def __init__(self, messages: Side, texts: Side) -> None:
        self._texts_are_hay = messages.size <= texts.size
        self._needles, self._hay = (messages, texts) if self._texts_are_hay else (texts, messages)
        self._stride = max(DENSE, DENSE * self._hay.size // HAY_BYTES)
        self._inside = Inside(texts.spans[-1][1] if texts.spans else 0)
        self._left = COMPARISONS

    def spans(self) -> Iterator[Span]:
        """Gives what was found, as spans of the texts."""
        rounds = max(1, AGAIN_BYTES // max(1, self._hay.size))
        parts = self._needles.parts(min(NEEDLE_BYTES, rounds * NEEDLES), self._stride + WIDTH - 1)
        each = max(LEAST_EACH, COMPARISONS * self._stride // max(1, self._hay.size))
        while (table := Table(parts)).first and self._left > 0:
            reached: dict[tuple[int, Span, Span], int] = {}
            for pair in self._pairs(table, each):
                diagonal = (pair.needle - pair.hay, pair.needle_span, pair.hay_span)
                text = pair.hay if self._texts_are_hay else pair.needle
                if pair.hay < reached.get(diagonal, 0) or self._inside.has(text):
                    continue
                if self._left == 0:
                    return
                self._left -= 1
                left, right = self._extended(pair)
                reached[diagonal] = pair.hay + right
                if left + right >= LEAST_MATCH:
                    self._inside.add(text - left, left + right)
                    yield text - left, text + right

    def _pairs(self, table: Table, each: int) -> Iterator[Pair]:
        """Gives the places at which a window of the needles and one of the hay are the same."""
        for at, data in self._hay.pieces(self._stride):
            found = windows(data, WIDTH, self._stride)
            if table.first.keys().isdisjoint(found):
                continue
            for turn, window in enumerate(found):
                here = at + turn * self._stride
                if window not in table.first or (self._texts_are_hay and self._inside.has(here)):
                    continue
                for address in table.addresses(window, each):
                    for one, other in product(self._needles.holding(address), self._hay.holding(here)):
                        yield Pair(address, one, here, other)

    def _extended(self, pair: Pair) -> tuple[int, int]:
        """Gives by how many bytes the match goes to the left and to the right."""
        one, other = self._needles.ground, self._hay.ground
        most_left = min(pair.needle - pair.needle_span[0], pair.hay - pair.hay_span[0])
        most_right = min(pair.needle_span[1] - pair.needle, pair.hay_span[1] - pair.hay)
        left = same_to_the_left(one, pair.needle, other, pair.hay, most_left)
        return left, same_to_the_right(one, pair.needle, other, pair.hay, most_right)
