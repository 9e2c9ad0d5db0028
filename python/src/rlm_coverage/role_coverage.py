"""What one role has read of the texts, kept so that each message is mapped once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .copies import Copies
from .corpus import Corpus, Text
from .counting import counted
from .ends import ends_that_stand
from .follower import Follower
from .indexes import Indexes
from .material import MARGIN, Material, MaterialGround
from .same_windows import Matches, Side
from .spans import Span, between, by_text, union
from .sparse_index import SparseIndex
from .waiting import Waiting

LOST_BYTES = 1 << 17
"""Bytes in no match from which on it is worth to index the texts; fewer are looked for once, at the end."""

WAITING_BYTES = 8 << 20
"""Bytes of messages that wait for the one that they go on from, at most."""


class RoleCoverage:
    """Keeps which spans of the texts one role has read.

    What follows the cursor is marked at once. What else a message holds, and the other places of what it holds, are
    looked for when somebody asks, and only in what is unread by then.

    Attributes:
        material: what the role was sent.
    """

    def __init__(self, corpus: Corpus, indexes: Indexes) -> None:
        self.material = Material()
        self._corpus = corpus
        self._indexes = indexes
        self._follower = Follower(corpus, self._index)
        self._waiting = Waiting()
        self._read: list[Span] = []

    @property
    def has_any(self) -> bool:
        """Whether the role was sent anything."""
        return self.material.size + self._waiting.size > 0 or len(self._read) > 0

    def add(self, message: str) -> None:
        """Marks what a message holds where the reader is. Raises TextUnreadable."""
        data = message.encode("utf-8", "surrogatepass")
        if self.material.has(data):
            return
        if not self._mark(data, from_anywhere=False):
            self._waiting.add(data)
            while self._waiting.size > WAITING_BYTES and (first := self._waiting.take_first()) is not None:
                self._mark(first, from_anywhere=True)

    def settle(self) -> None:
        """Marks what those messages hold that wait for another one. Raises TextUnreadable."""
        while (data := self._waiting.take_first()) is not None:
            self._mark(data, from_anywhere=True)

    def spans(self) -> list[Span]:
        """Gives what is marked, sorted and apart."""
        self._read = union(self._read)
        return self._read

    def look_elsewhere(self, copies: Copies) -> None:
        """Marks what else was read, all of it in texts that are no copies. Raises TextUnreadable."""
        self._read = union(copies.of_firsts(self._read))
        stretches, pieces = self.material.take_new()
        ground = MaterialGround(self._corpus, pieces)
        # What stands beside the matches is the less, and is looked through even where the rest is too much.
        for sent in (list(ground.spans()), stretches):
            if sent and (unread := list(self._unread(copies))):
                texts = Side(self._corpus, union(map(self._with_margins, unread)))
                self._read = union([*self._read, *self._counted(Matches(Side(ground, sent), texts).spans())])
                ends = (text for text, spans in self._by_text(copies) if not _has_end(text, spans))
                self._read = union([*self._read, *ends_that_stand(self._corpus, ends, ground, sent)])

    def _mark(self, data: bytes, *, from_anywhere: bool) -> bool:
        """Whether a message is done with, and with it those that waited for it."""
        if not self._mark_one(data, from_anywhere=from_anywhere):
            return False
        while (waited := self._next_waiting()) is not None:
            if not self._mark_one(waited, from_anywhere=False):
                self._waiting.put_back(waited)
        return True

    def _mark_one(self, data: bytes, *, from_anywhere: bool) -> bool:
        found = list(self._follower.follow(data, from_anywhere=from_anywhere))
        if not found and not from_anywhere:
            return False
        self._read += (match.read for match in found)
        self.material.add(data, found)
        return True

    def _next_waiting(self) -> bytes | None:
        if self._waiting.size == 0:
            return None
        self._waiting.expect(*self._follower.form())
        heads = self._follower.expected_heads()
        return next((data for head in heads if (data := self._waiting.take(head)) is not None), None)

    def _index(self) -> SparseIndex | None:
        lost = self.material.size + self._waiting.size
        return self._indexes.sparse() if lost > LOST_BYTES or self._indexes.has_sparse else None

    def _unread(self, copies: Copies) -> Iterator[Span]:
        return (span for text, spans in self._by_text(copies) for span in between(spans, text.start, text.end))

    def _counted(self, spans: Iterable[Span]) -> Iterator[Span]:
        for start, end in spans:
            read = counted(self._corpus.text_of(start), start, self._corpus.read(start, end))
            if read is not None:
                yield read

    def _with_margins(self, span: Span) -> Span:
        text = self._corpus.text_of(span[0])
        return max(text.start, span[0] - MARGIN), min(text.end, span[1] + MARGIN)

    def _by_text(self, copies: Copies) -> Iterator[tuple[Text, list[Span]]]:
        return by_text(copies.originals(), self._read)


def _has_end(text: Text, spans: list[Span]) -> bool:
    """Whether as much of the end is read as is not found as a match."""
    return bool(spans) and spans[-1][1] == text.end and spans[-1][0] <= max(text.start, text.end - MARGIN)
