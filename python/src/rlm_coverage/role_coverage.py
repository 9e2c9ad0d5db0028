"""What one role has read of the texts, kept so that each message is mapped once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from .arrays import Numbers
from .characters import character_after, character_before
from .chunk_index import ChunkIndex
from .corpus import Corpus
from .long_matches import LongMatchFinder
from .maximal_matches import LEAST_MATCH, MaximalMatches
from .remainder import SEPARATOR, BoundedSearch, Remainder
from .spans import Spans, union
from .suffix_matches import SuffixIndex, SuffixMatches

TOGETHER_BYTES = 1 << 20
"""Bytes of messages that are mapped at a time; longer ones are cut into pieces."""

OVERLAP = 2 * LEAST_MATCH
"""Bytes that the pieces of a message share: whatever is short and stands in the message stands in one of them."""


class CorpusIndex:
    """Knows the chunks and the ends of every text that is not a copy of another, for all roles."""

    def __init__(self, corpus: Corpus) -> None:
        self.texts = corpus.originals()
        self.size = sum(text.size for text in self.texts)
        self.mapped = corpus.memory
        self.memory = np.frombuffer(corpus.memory, np.uint8)
        self.chunks = ChunkIndex(self.memory, self.texts)
        self.suffixes = SuffixIndex(self.memory, self.texts)
        self.long_matches = LongMatchFinder(self.chunks, corpus.memory, self.texts)


class RoleCoverage:
    """Keeps which spans of the texts one role has read.

    Long matches are marked where they were found, and looked through for what stands elsewhere too when somebody asks,
    each part once: there is nothing to look for when all was read anyway.
    """

    def __init__(self, index: CorpusIndex) -> None:
        self._index = index
        self._matches = MaximalMatches(index.chunks, index.memory, index.texts)
        self._suffixes = SuffixMatches(index.suffixes)
        self._remainder = Remainder()
        self._long_matches: list[tuple[int, int]] = []
        self._new_long_matches: list[tuple[int, int]] = []

    def add(self, messages: Iterable[bytes]) -> None:
        """Marks what matches messages, given as ``batches`` cuts them."""
        pieces = [piece for message in messages for piece in self._without_long_matches(message)]
        joined, inner = self._mark(pieces)
        self._remainder.add(joined, inner)

    def look_elsewhere(self) -> None:
        """Marks the other places of what stands in long matches."""
        reached = 0
        for begin, end in sorted(self._new_long_matches):
            if end > reached:
                for piece in _pieces(self._index.mapped[max(begin, reached - OVERLAP) : end]):
                    self._mark([piece])
                reached = end
        self._long_matches += self._new_long_matches
        self._new_long_matches = []

    def spans(self) -> Spans:
        """Gives what the role has read, but for ends that are too short to count by themselves."""
        return union([self._matches.spans(), self._suffixes.spans(), self._whole_characters(self._long_match_spans())])

    def holds(self, suffix: bytes, search: BoundedSearch) -> bool:
        """Whether the last bytes of a text stand in a message: in the remainder, or in what matched the texts."""
        return self._remainder.holds(suffix) or any(
            search.finds(suffix, begin, end)
            for begins, ends in (self._long_match_spans(), self._matches.inner_spans())
            for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
        )

    def _mark(self, pieces: list[bytes]) -> tuple[bytes, Numbers]:
        joined = SEPARATOR + SEPARATOR.join(pieces) + SEPARATOR
        text = np.frombuffer(joined, np.uint8)
        self._suffixes.add(text)
        return joined, self._matches.add(text)

    def _without_long_matches(self, message: bytes) -> Iterator[bytes]:
        begin = 0
        for match in self._index.long_matches.find(message):
            self._new_long_matches.append((match.start, match.start + match.size))
            yield message[begin : match.offset + OVERLAP]
            begin = match.offset + match.size - OVERLAP
        yield message[begin:]

    def _long_match_spans(self) -> Spans:
        long_matches = np.array(self._long_matches + self._new_long_matches, np.int64).reshape(-1, 2)
        return long_matches[:, 0], long_matches[:, 1]

    def _whole_characters(self, spans: Spans) -> Spans:
        memory = self._index.memory
        return character_after(memory, spans[0]), character_before(memory, spans[1])


def batches(messages: Iterable[str]) -> Iterator[list[bytes]]:
    """Cuts messages as ``RoleCoverage.add`` takes them best."""
    batch, size = list[bytes](), 0
    for message in messages:
        for piece in _pieces(message.encode("utf-8", "surrogatepass")):
            batch.append(piece)
            size += len(piece)
            if size >= TOGETHER_BYTES:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _pieces(message: bytes) -> Iterator[bytes]:
    for at in range(0, max(1, len(message) - OVERLAP), TOGETHER_BYTES):
        yield message[at : at + TOGETHER_BYTES + OVERLAP]
