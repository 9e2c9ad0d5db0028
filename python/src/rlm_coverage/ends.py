"""Ends of texts that stand in messages, and with them texts that are shorter than any match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from .corpus import Corpus, Text
from .counting import LEAST_MATCH, LEAST_SUFFIX, counted
from .same_bytes import Ground, same_to_the_left
from .spans import Span
from .windows import windows_everywhere

ENDS = 200_000
"""Ends that are looked for, at most."""

FEW = 8
"""So many ends, or fewer, are looked for one by one."""

LOOKED_THROUGH_BYTES = 4 << 20
"""Bytes in which many ends are looked for; and 64 times as many in which a few are."""

COMPARISONS = 50_000
"""Places that are compared, at most."""

STEP = 1 << 18


def ends_that_stand(corpus: Corpus, texts: Iterable[Text], ground: Ground, spans: list[Span]) -> Iterator[Span]:
    """Gives the ends of texts that stand in spans of some ground and count."""
    left = COMPARISONS
    for width, by_end in sorted(_by_width(corpus, texts).items()):
        for place, end, bounds in _places(by_end, width, ground, spans):
            for text in by_end[end]:
                left -= 1
                if left < 0:
                    return
                most = min(place - bounds[0], text.size - width, LEAST_MATCH)
                longer = same_to_the_left(ground, place, corpus, text.end - width, most)
                start = text.end - width - longer
                if (read := counted(text, start, corpus.read(start, text.end))) is not None:
                    yield read


def _by_width(corpus: Corpus, texts: Iterable[Text]) -> dict[int, dict[bytes, list[Text]]]:
    """Gives the texts by the last LEAST_SUFFIX bytes of them, or by all bytes of a shorter one."""
    found = defaultdict[int, defaultdict[bytes, list[Text]]](lambda: defaultdict(list))
    for count, text in enumerate(texts):
        width = min(LEAST_SUFFIX, text.size)
        if count == ENDS:
            break
        if width:
            found[width][corpus.read(text.end - width, text.end)].append(text)
    return {width: dict(by_end) for width, by_end in found.items()}


def _places(
    by_end: dict[bytes, list[Text]], width: int, ground: Ground, spans: list[Span]
) -> Iterator[tuple[int, bytes, Span]]:
    """Gives each address at which one of the ends stands, with the span that it was found in."""
    is_few = len(by_end) <= FEW
    left = LOOKED_THROUGH_BYTES * (64 if is_few else 1)
    for bounds in spans:
        begin, end = bounds
        left -= end - begin
        if left < 0:
            return
        for at in range(begin, end - width + 1, STEP):
            data = ground.read(at, min(end, at + STEP + width - 1))
            for offset, found in _each(by_end, data) if is_few else _looked_up(by_end, data, width):
                yield at + offset, found, bounds


def _each(ends: Iterable[bytes], data: bytes) -> Iterator[tuple[int, bytes]]:
    for end in ends:
        offset = data.find(end)
        while offset >= 0:
            yield offset, end
            offset = data.find(end, offset + 1)


def _looked_up(ends: dict[bytes, list[Text]], data: bytes, width: int) -> Iterator[tuple[int, bytes]]:
    for offset, found in windows_everywhere(data, width):
        if not ends.keys().isdisjoint(found):
            yield from ((offset + turn * width, end) for turn, end in enumerate(found) if end in ends)
