"""Texts with the same bytes: what was read of one was read of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256

from .corpus import Corpus, Text
from .spans import Span


class Copies:
    """Knows the first of each group of texts with the same bytes, which stands for all of them."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._first = _firsts(corpus)
        self._copies = defaultdict[int, list[int]](list)
        for place, first in self._first.items():
            self._copies[first].append(place)

    def originals(self) -> Iterator[Text]:
        """Gives the texts that are no copies of one before them."""
        return (text for place, text in enumerate(self._corpus.texts) if place not in self._first)

    def of_firsts(self, spans: Iterable[Span]) -> Iterator[Span]:
        """Gives for each span the same one of the first text."""
        for begin, end in spans:
            place = self._corpus.place_of(begin) if self._first else -1
            yield self._moved(begin, end, place, self._first[place]) if place in self._first else (begin, end)

    def of_all(self, spans: Iterable[Span]) -> Iterator[Span]:
        """Gives spans of first texts with the same ones of their copies."""
        for begin, end in spans:
            yield begin, end
            if self._copies:
                place = self._corpus.place_of(begin)
                yield from (self._moved(begin, end, place, copy) for copy in self._copies.get(place, ()))

    def _moved(self, begin: int, end: int, place: int, other: int) -> Span:
        by = self._corpus.texts[other].start - self._corpus.texts[place].start
        return begin + by, end + by


def _firsts(corpus: Corpus) -> dict[int, int]:
    by_size = defaultdict[int, list[int]](list)
    for place, text in enumerate(corpus.texts):
        by_size[text.size].append(place)
    firsts: dict[int, int] = {}
    for places in by_size.values():
        if len(places) > 1:
            known: dict[bytes, int] = {}
            for place in places:
                first = known.setdefault(_digest(corpus, corpus.texts[place]), place)
                if first != place:
                    firsts[place] = first
    return firsts


def _digest(corpus: Corpus, text: Text) -> bytes:
    if text.size <= sha256().digest_size:
        return corpus.read(text.start, text.end) if text.size else b""
    digest = sha256()
    for piece in corpus.pieces(text.start, text.end):
        digest.update(piece)
    return digest.digest()
