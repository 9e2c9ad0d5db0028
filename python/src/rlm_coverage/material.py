"""What a role was sent: where it stood in the texts, and what stood around that."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from .corpus import Corpus
from .counting import LEAST_MATCH
from .follower import Match
from .spans import Span

MARGIN = LEAST_MATCH + 2
"""Bytes of a match that are kept with what stands beside it: whatever is shorter stands whole in one of both, and three
bytes of a cut character beside it."""

KEPT_BYTES = 4 << 20
"""Bytes that are kept beside the matches; what comes later is not looked through."""

SEARCHED_BYTES = 1 << 28
"""Bytes of the texts that are looked through for the last bytes of one of them."""


class Material:
    """The messages of a role, each span of a text and each piece beside the spans once.

    Attributes:
        size: the bytes of the pieces.
    """

    def __init__(self) -> None:
        self._stretches: dict[Span, None] = {}
        self._pieces: dict[bytes, None] = {}
        self._taken = (0, 0)
        self.size = 0

    def has(self, data: bytes) -> bool:
        """Whether a whole message is known as a piece."""
        return data in self._pieces

    def add(self, data: bytes, found: list[Match]) -> None:
        """Takes a message and the matches that were found in it, in their order."""
        reached = 0
        for match in found:
            self._stretches[match.start, match.start + match.size] = None
            if match.offset > reached or reached > 0:
                self._keep(data[max(0, reached - MARGIN) : match.offset + MARGIN])
            reached = match.offset + match.size
        if reached < len(data):
            self._keep(data[max(0, reached - MARGIN) :])

    def take_new(self) -> tuple[list[Span], list[bytes]]:
        """Gives the spans and pieces that were not given before."""
        stretches, pieces = list(self._stretches)[self._taken[0] :], list(self._pieces)[self._taken[1] :]
        self._taken = (len(self._stretches), len(self._pieces))
        return stretches, pieces

    def holds(self, few: bytes, corpus: Corpus) -> bool:
        """Whether a few bytes stand in a message; of the texts, SEARCHED_BYTES are looked through."""
        most = SEARCHED_BYTES
        if any(few in piece for piece in self._pieces):
            return True
        for begin, end in self._stretches:
            most -= end - begin
            if most < 0:
                return False
            if found_in(corpus, begin, end, few):
                return True
        return False

    def _keep(self, piece: bytes) -> None:
        if piece not in self._pieces and self.size + len(piece) <= KEPT_BYTES:
            self._pieces[piece] = None
            self.size += len(piece)


def found_in(corpus: Corpus, begin: int, end: int, few: bytes) -> bool:
    """Whether a few bytes stand between two addresses of one text."""
    step = 1 << 18
    return any(few in corpus.read(at, min(end, at + step + len(few) - 1)) for at in range(begin, end, step))


class MaterialGround:
    """Ground of texts, and behind these of pieces."""

    def __init__(self, corpus: Corpus, pieces: Iterable[bytes]) -> None:
        self._corpus = corpus
        self._pieces: list[bytes] = []
        self._starts: list[int] = []
        self._end = corpus.end
        for piece in pieces:
            self._pieces.append(piece)
            self._starts.append(self._end)
            self._end += len(piece) + 1

    def spans(self) -> Iterator[Span]:
        """Gives those of the pieces."""
        return ((start, start + len(piece)) for start, piece in zip(self._starts, self._pieces, strict=True))

    def read(self, begin: int, end: int) -> bytes:
        """Gives the bytes between two addresses of one text or piece."""
        if begin < self._corpus.end:
            return self._corpus.read(begin, end)
        turn = bisect_right(self._starts, begin) - 1
        return self._pieces[turn][begin - self._starts[turn] : end - self._starts[turn]]
