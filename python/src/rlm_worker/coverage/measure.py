"""From spans of bytes to ranges of characters, document by document."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .characters import CharacterCounts
from .documents import Documents
from .endings import LEAST_END
from .hashes import Numbers
from .report import Measured, Range
from .scraps import Search
from .seen import Index, Seen
from .spans import Spans, union


def measure(documents: Documents, index: Index, roles: dict[str, Seen], *, hurried: bool = False) -> Measured:
    """``index``: of these documents; ``roles``: what each has seen of them. ``hurried``: without looking for more."""
    count = _characters(documents, index)
    by_role = {role: _ranges(documents, count, seen_spans(index, [seen], hurried)) for role, seen in roles.items()}
    seen = _ranges(documents, count, seen_spans(index, list(roles.values()), hurried))
    sums = {role: sum(found.chars for found in ranges) for role, ranges in by_role.items()}
    return Measured(documents.texts, _between(documents, seen), sums)


def seen_spans(index: Index, roles: list[Seen], hurried: bool = False) -> Spans:
    """What these roles together have seen."""
    spans = union(role.spans() for role in roles)
    if not hurried and int((spans[1] - spans[0]).sum()) < index.size:
        for role in roles:
            role.look_elsewhere()
        spans = union(role.spans() for role in roles)
    return union([spans, _last_bytes(index, spans, roles)])


def _last_bytes(index: Index, spans: Spans, roles: list[Seen]) -> Spans:
    """The ends of documents that are too short to count by themselves, after a span, where they stand in a message."""
    begins, ends = (np.array(side, np.int64) for side in ([t.start for t in index.texts], [t.end for t in index.texts]))
    before = np.searchsorted(spans[0], ends) - 1
    rest = np.append(spans[1], 0)[before]
    short = (rest > begins) & (rest < ends) & (ends - rest < LEAST_END)
    search = Search(index.mapped)
    found = [
        (begin, end)
        for begin, end in zip(rest[short].tolist(), ends[short].tolist(), strict=True)
        if any(role.holds(index.mapped[begin:end], search) for role in roles)
    ]
    pairs = np.array(found, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _characters(documents: Documents, index: Index) -> Callable[[Numbers], Numbers]:
    """How many characters begin before a place, but for a constant in each document."""
    if documents.chars == sum(text.size for text in documents.texts):  # all of it is ASCII
        return lambda places: places
    return CharacterCounts(index.memory).before


def _ranges(documents: Documents, count: Callable[[Numbers], Numbers], spans: Spans) -> list[Range]:
    """Of every document, copies as the first of them, in the order of the context."""
    firsts = [documents.texts[first] for first in documents.copy_of]
    starts = np.array([text.start for text in firsts], np.int64)
    ends = np.array([text.end for text in firsts], np.int64)
    low, high = np.searchsorted(spans[0], starts).tolist(), np.searchsorted(spans[0], ends).tolist()
    zero: list[int] = count(starts).tolist()
    begin: list[int] = count(spans[0]).tolist()
    end: list[int] = count(spans[1]).tolist()
    return [
        Range(place, begin[span] - zero[place], end[span] - zero[place])
        for place in range(len(firsts))
        for span in range(low[place], high[place])
    ]


def _between(documents: Documents, seen: list[Range]) -> list[Range]:
    """What is left of the documents."""
    reached = [0] * len(documents.texts)
    left: list[Range] = []
    for found in seen:
        if found.start > reached[found.place]:
            left.append(Range(found.place, reached[found.place], found.start))
        reached[found.place] = found.end
    left += [
        Range(place, reached[place], text.chars)
        for place, text in enumerate(documents.texts)
        if reached[place] < text.chars
    ]
    return sorted(left)
