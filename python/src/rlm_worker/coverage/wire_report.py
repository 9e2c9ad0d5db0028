"""The wire's fields of a report on the coverage, bounded so that they fit a message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Literal, TypeVar

from rlm_coverage import CoverageReport, fraction

from ..context import Kind

if TYPE_CHECKING:
    from .._generated import outgoing as out

Role = Literal["root", "sub"]
ROLES: tuple[Role, ...] = ("root", "sub")

Item = TypeVar("Item")

MAX_RANGES = 10_000
"""Unread ranges that are reported: the longest."""

MAX_DOCUMENTS = 100_000
"""Documents that are reported: the least read."""

MAX_NAME_CHARS = 4_000_000
"""Of the names of all documents that are reported, and again of all ranges, so that the report fits the wire."""


def wire_report(report: CoverageReport, sha256: str, kind: Kind) -> out.CoverageMeasured:
    """The fields of ``coverage.measured``: documents and ranges in the order of the context."""
    texts, chars, seen = report.texts, report.chars, report.seen
    unread_of = [0] * len(texts)
    for unread in report.unread:
        unread_of[unread.place] += unread.chars
    read = [fraction(text.chars - unread, text.chars) for text, unread in zip(texts, unread_of, strict=True)]
    least_read = sorted(range(len(texts)), key=read.__getitem__)
    longest = sorted(report.unread, key=lambda unread: -unread.chars)
    places = sorted(_that_fit(least_read, [texts[place].name for place in least_read], MAX_DOCUMENTS))
    ranges = sorted(_that_fit(longest, [texts[unread.place].name for unread in longest], MAX_RANGES))
    return {
        "type": "coverage.measured",
        "contextChars": chars,
        "contextSha256": sha256,
        "seenChars": seen,
        "seenFraction": fraction(seen, chars),
        "byRole": {
            "root": fraction(report.by_role.get("root", 0), chars),
            "sub": fraction(report.by_role.get("sub", 0), chars),
        },
        "documents": [
            {"name": texts[place].name, "chars": texts[place].chars, "seenFraction": read[place]} for place in places
        ],
        "unread": [
            {"document": None if kind == "text" else texts[r.place].name, "start": r.start, "end": r.end}
            for r in ranges
        ],
    }


def _that_fit(items: Iterable[Item], names: Iterable[str], most: int) -> Iterator[Item]:
    room = MAX_NAME_CHARS
    for item, name in islice(zip(items, names, strict=True), most):
        room -= len(name)
        if room < 0:
            return
        yield item
