"""What was read of the texts, and what was not."""

from __future__ import annotations

from typing import NamedTuple


class Range(NamedTuple):
    """The characters ``start`` to ``end`` of the text that came at ``place``, counted from 0."""

    place: int
    start: int
    end: int

    @property
    def chars(self) -> int:
        """The length of the range, in characters."""
        return self.end - self.start


class ReportedText(NamedTuple):
    """A text by its name, with its length in characters."""

    name: str
    chars: int


class CoverageReport(NamedTuple):
    """What all roles together read of the texts, and how much each of them did.

    Attributes:
        texts: all texts, in the order in which they came.
        unread: the ranges that no role read, in that order.
        by_role: how many characters each role read.
    """

    texts: list[ReportedText]
    unread: list[Range]
    by_role: dict[str, int]

    @property
    def chars(self) -> int:
        """The characters of all texts together."""
        return sum(text.chars for text in self.texts)

    @property
    def seen(self) -> int:
        """The characters that some role read."""
        return self.chars - sum(unread.chars for unread in self.unread)


def fraction(seen: int, chars: int) -> float:
    """Gives exactly 1.0 when all was read; of nothing, all was."""
    return seen / chars if chars else 1.0
