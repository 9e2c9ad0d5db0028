"""From spans of bytes to the report: ranges of characters, text by text."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .arrays import Numbers
from .characters import CharacterCounts
from .corpus import Corpus
from .remainder import BoundedSearch
from .report import CoverageReport, Range
from .role_coverage import CorpusIndex, RoleCoverage
from .spans import Spans, union
from .suffix_matches import LEAST_SUFFIX


def measure(corpus: Corpus, index: CorpusIndex, roles: dict[str, RoleCoverage], hurried: bool) -> CoverageReport:
    """Tells what ``roles`` have read of a corpus, by its index.

    ``hurried``: without a search for the other places of what stands in long matches.
    """
    count = _characters(corpus, index)
    by_role = {role: _ranges(corpus, count, _read_spans(index, [seen], hurried)) for role, seen in roles.items()}
    seen = _ranges(corpus, count, _read_spans(index, list(roles.values()), hurried))
    sums = {role: sum(found.chars for found in ranges) for role, ranges in by_role.items()}
    return CoverageReport(corpus.texts, _between(corpus, seen), sums)


def _read_spans(index: CorpusIndex, roles: list[RoleCoverage], hurried: bool) -> Spans:
    """Gives what these roles together have read."""
    spans = union(role.spans() for role in roles)
    if not hurried and int((spans[1] - spans[0]).sum()) < index.size:
        for role in roles:
            role.look_elsewhere()
        spans = union(role.spans() for role in roles)
    return union([spans, _last_bytes(index, spans, roles)])


def _last_bytes(index: CorpusIndex, spans: Spans, roles: list[RoleCoverage]) -> Spans:
    """Gives the ends that are too short to count by themselves, where one follows a span and stands in a message."""
    begins, ends = (np.array(side, np.int64) for side in ([t.start for t in index.texts], [t.end for t in index.texts]))
    before = np.searchsorted(spans[0], ends) - 1
    rest = np.append(spans[1], 0)[before]
    short = (rest > begins) & (rest < ends) & (ends - rest < LEAST_SUFFIX)
    search = BoundedSearch(index.mapped)
    found = [
        (begin, end)
        for begin, end in zip(rest[short].tolist(), ends[short].tolist(), strict=True)
        if any(role.holds(index.mapped[begin:end], search) for role in roles)
    ]
    pairs = np.array(found, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _characters(corpus: Corpus, index: CorpusIndex) -> Callable[[Numbers], Numbers]:
    """Gives what counts the characters before a place, but for a constant in each text."""
    if corpus.chars == sum(text.size for text in corpus.texts):  # all of it is ASCII
        return lambda places: places
    return CharacterCounts(index.memory).before


def _ranges(corpus: Corpus, count: Callable[[Numbers], Numbers], spans: Spans) -> list[Range]:
    """Gives the ranges of every text, in their order; a copy has those of the first of them."""
    firsts = [corpus.texts[first] for first in corpus.copy_of]
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


def _between(corpus: Corpus, seen: list[Range]) -> list[Range]:
    """Gives what is left of the texts, in their order."""
    reached = [0] * len(corpus.texts)
    left: list[Range] = []
    for found in seen:
        if found.start > reached[found.place]:
            left.append(Range(found.place, reached[found.place], found.start))
        reached[found.place] = found.end
    left += [
        Range(place, reached[place], text.chars)
        for place, text in enumerate(corpus.texts)
        if reached[place] < text.chars
    ]
    return sorted(left)
