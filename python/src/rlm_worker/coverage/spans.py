"""Spans of the documents' memory: pairs of starts and ends, sorted, apart from each other."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .hashes import Numbers

Spans = tuple[Numbers, Numbers]


def union(spans: Iterable[Spans]) -> Spans:
    """``spans``: in any order, overlapping or not."""
    starts, ends = (np.concatenate([np.zeros(0, np.int64), *side]) for side in zip(*spans, strict=True))
    if starts.size == 0:
        return starts, ends
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    begins = np.append(True, starts[1:] > ends[:-1])
    return starts[begins], ends[np.append(begins[1:], True)]


def within(spans: Spans, start: int, end: int) -> Spans:
    """Those that lie in ``start`` to ``end``; none may cross either."""
    starts, ends = spans
    first, last = np.searchsorted(starts, [start, end])
    return starts[first:last], ends[first:last]
