"""Spans of addresses, each a pair of its begin and its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .corpus import Text

Span = tuple[int, int]


def union(spans: Iterable[Span]) -> list[Span]:
    """Joins spans in any order, overlapping or not. Gives them sorted, and apart from each other."""
    joined: list[Span] = []
    begin, end = -1, -1
    for one, other in sorted(spans):
        if one > end:
            if end > begin:
                joined.append((begin, end))
            begin, end = one, other
        elif other > end:
            end = other
    if end > begin:
        joined.append((begin, end))
    return joined


def between(spans: Iterable[Span], begin: int, end: int) -> Iterator[Span]:
    """Gives what is left between two addresses beside spans that are sorted and apart."""
    for one, other in spans:
        if one > begin:
            yield begin, one
        begin = other
    if end > begin:
        yield begin, end


def by_text(texts: Iterable[Text], spans: list[Span]) -> Iterator[tuple[Text, list[Span]]]:
    """Gives each text with the spans in it; both are sorted."""
    turn = 0
    for text in texts:
        first = turn
        while turn < len(spans) and spans[turn][0] < text.end:
            turn += 1
        yield text, spans[first:turn]
