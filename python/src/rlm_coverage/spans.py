"""Spans of the memory, as an array of their starts and one of their ends."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .arrays import Numbers

Spans = tuple[Numbers, Numbers]


def union(spans: Iterable[Spans]) -> Spans:
    """Joins spans in any order, overlapping or not. Gives them sorted, and apart from each other."""
    starts, ends = (np.concatenate([np.zeros(0, np.int64), *side]) for side in zip(*spans, strict=True))
    if starts.size == 0:
        return starts, ends
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    begins = np.append(True, starts[1:] > ends[:-1])
    return starts[begins], ends[np.append(begins[1:], True)]
