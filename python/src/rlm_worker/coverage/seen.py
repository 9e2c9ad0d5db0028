"""What models have seen of the documents, role by role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from .blocks import Blocks
from .characters import character_after, character_before
from .documents import Documents
from .endings import Endings, SeenEndings
from .hashes import Numbers
from .runs import RunFinder
from .scraps import SEPARATOR, Scraps, Search
from .spans import Spans, union
from .stretches import LEAST, Stretches

TOGETHER_BYTES = 1 << 20
"""Texts are read up to this much at a time, and longer ones in pieces."""

OVERLAP = 2 * LEAST
"""Of the pieces of a text, in bytes: whatever is short and stands in the text stands in one of them."""


class Index:
    """Of all documents that are not copies of another."""

    def __init__(self, documents: Documents) -> None:
        self.texts = documents.originals()
        self.size = sum(text.size for text in self.texts)
        self.mapped = documents.memory
        self.memory = np.frombuffer(documents.memory, np.uint8)
        self.blocks = Blocks(self.memory, self.texts)
        self.endings = Endings(self.memory, self.texts)
        self.runs = RunFinder(self.blocks, documents.memory, self.texts)


class Seen:
    """By one role.

    The long runs of a message are marked where they were found, and looked through for what stands elsewhere too when
    somebody asks, each part once: there is nothing to look for when all was seen anyway.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._stretches = Stretches(index.blocks, index.memory, index.texts)
        self._endings = SeenEndings(index.endings)
        self._scraps = Scraps()
        self._runs: list[tuple[int, int]] = []
        self._new_runs: list[tuple[int, int]] = []

    def see(self, messages: Iterable[bytes]) -> None:
        pieces = [piece for message in messages for piece in self._without_runs(message)]
        joined, marked = self._mark(pieces)
        self._scraps.keep(joined, marked)

    def look_elsewhere(self) -> None:
        """For the text of long runs."""
        reached = 0
        for begin, end in sorted(self._new_runs):
            if end > reached:
                for piece in _pieces(self._index.mapped[max(begin, reached - OVERLAP) : end]):
                    self._mark([piece])
                reached = end
        self._runs += self._new_runs
        self._new_runs = []

    def spans(self) -> Spans:
        return union([self._stretches.seen(), self._endings.seen(), self._whole_characters(self._found_runs())])

    def holds(self, text: bytes, search: Search) -> bool:
        """Whether a message has it: beside the documents, or where it was copied from them."""
        return self._scraps.hold(text) or any(
            search.finds(text, begin, end)
            for begins, ends in (self._found_runs(), self._stretches.inner())
            for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
        )

    def _mark(self, pieces: list[bytes]) -> tuple[bytes, Numbers]:
        joined = SEPARATOR + SEPARATOR.join(pieces) + SEPARATOR
        text = np.frombuffer(joined, np.uint8)
        self._endings.see(text)
        return joined, self._stretches.see(text)

    def _without_runs(self, message: bytes) -> Iterator[bytes]:
        begin = 0
        for run in self._index.runs.runs(message):
            self._new_runs.append((run.start, run.start + run.size))
            yield message[begin : run.offset + OVERLAP]
            begin = run.offset + run.size - OVERLAP
        yield message[begin:]

    def _found_runs(self) -> Spans:
        runs = np.array(self._runs + self._new_runs, np.int64).reshape(-1, 2)
        return runs[:, 0], runs[:, 1]

    def _whole_characters(self, spans: Spans) -> Spans:
        memory = self._index.memory
        return character_after(memory, spans[0]), character_before(memory, spans[1])


def together(messages: Iterable[str]) -> Iterator[list[bytes]]:
    """Messages as ``Seen.see`` takes them best."""
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


def _pieces(text: bytes) -> Iterator[bytes]:
    for at in range(0, max(1, len(text) - OVERLAP), TOGETHER_BYTES):
        yield text[at : at + TOGETHER_BYTES + OVERLAP]
