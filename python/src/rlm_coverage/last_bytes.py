"""Ends of texts that are too short to count by themselves, and follow what was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .corpus import Corpus, Text
from .counting import LEAST_SUFFIX
from .material import Material
from .spans import Span, by_text


def last_bytes(corpus: Corpus, texts: Iterable[Text], spans: list[Span], materials: list[Material]) -> Iterator[Span]:
    """Gives the ends that one of the spans, which are sorted and apart, leaves over, where they stand in a message."""
    for text, read in by_text(texts, spans):
        rest = text.end - read[-1][1] if read else 0
        if 0 < rest < LEAST_SUFFIX:
            few = corpus.read(text.end - rest, text.end)
            if any(material.holds(few, corpus) for material in materials):
                yield text.end - rest, text.end
