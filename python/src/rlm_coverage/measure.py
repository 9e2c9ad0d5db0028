"""From spans of bytes to the report: ranges of characters, text by text."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .corpus import Corpus, Text
from .indexes import Indexes
from .last_bytes import last_bytes
from .report import CoverageReport, Range, ReportedText
from .role_coverage import RoleCoverage
from .spans import Span, between, by_text, union


def measure(corpus: Corpus, indexes: Indexes, roles: dict[str, RoleCoverage], hurried: bool) -> CoverageReport:
    """Tells what ``roles`` have read of a corpus. Raises TextUnreadable.

    ``hurried``: without a search for what was read elsewhere than where the reader was.
    """
    seen_by = [_read(corpus, indexes, [role], hurried) for role in roles.values()]
    active = [spans for spans, role in zip(seen_by, roles.values(), strict=True) if role.has_any]
    seen = active[0] if len(active) == 1 else _read(corpus, indexes, list(roles.values()), hurried)
    corpus.check()
    sums, unread = [0] * len(seen_by), list[Range]()
    each = zip(*(by_text(corpus.texts, spans) for spans in [seen, *seen_by]), strict=True)
    for place, ((text, found), *found_by) in enumerate(each):
        count = _counter(corpus, place, text, [span for _, spans in [(text, found), *found_by] for span in spans])
        for role, (_, spans) in enumerate(found_by):
            sums[role] += sum(count(end) - count(begin) for begin, end in spans)
        unread += (Range(place, count(a), count(b)) for a, b in between(found, text.start, text.end))
    texts = [ReportedText(text.name, corpus.chars(place)) for place, text in enumerate(corpus.texts)]
    return CoverageReport(texts, unread, dict(zip(roles, sums, strict=True)))


def _read(corpus: Corpus, indexes: Indexes, roles: list[RoleCoverage], hurried: bool) -> list[Span]:
    """Gives what these roles together have read, sorted and apart."""
    for role in () if hurried else roles:
        role.settle()
    spans = union(span for role in roles for span in role.spans())
    if hurried or sum(end - begin for begin, end in spans) == corpus.size or not any(role.has_any for role in roles):
        return spans
    copies = indexes.copies()
    for role in roles:
        role.look_elsewhere(copies)
    spans = union(span for role in roles for span in role.spans())
    spans = union([*spans, *last_bytes(corpus, copies.originals(), spans, [role.material for role in roles])])
    return union(copies.of_all(spans))


def _counter(corpus: Corpus, place: int, text: Text, spans: Iterable[Span]) -> Callable[[int], int]:
    """Gives what counts the characters of a text before an edge of the spans, or before its own."""
    if corpus.chars(place) == text.size:
        return lambda edge: edge - text.start
    before, counted, at = {text.start: 0, text.end: corpus.chars(place)}, 0, text.start
    for edge in sorted({edge for span in spans for edge in span} - before.keys()):
        counted, at = counted + corpus.characters(at, edge), edge
        before[edge] = counted
    return before.__getitem__
