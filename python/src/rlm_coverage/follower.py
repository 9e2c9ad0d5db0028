"""Follows a reader through the texts: a message most often goes on where the one before it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .corpus import Corpus
from .counting import LEAST_MATCH, counted
from .same_bytes import SMALL, Message, same_to_the_left, same_to_the_right
from .spans import Span
from .sparse_index import SparseIndex
from .waiting import AROUND
from .windows import WIDTH

SLACK = 64
"""Bytes by which what stands around a match may be longer than around the last one."""

HEAD = 256
"""Bytes of a part by which a message that waits is known, where parts are as long; else WIDTH."""

SLABS = 8
"""How often the index is asked for a message before the longest match is taken that came of it."""


class Match(NamedTuple):
    """The ``size`` bytes at ``offset`` of a message are those from the address ``start`` on. ``read`` of them count."""

    offset: int
    start: int
    size: int
    read: Span


class Follower:
    """Keeps the cursor of one role: the address at which its last match ended, and how its messages are written."""

    def __init__(self, corpus: Corpus, index: Callable[[], SparseIndex | None]) -> None:
        """``index`` is asked for where the cursor is lost; None while that is not worth it."""
        self._corpus = corpus
        self._index = index
        self._last: Match | None = None
        self._step = 0
        self._header = 0
        self._footer = 0
        self._tail = b""

    def follow(self, data: bytes, *, from_anywhere: bool) -> Iterator[Match]:
        """Gives matches of a message that count, in their order and apart from each other. It may miss some.

        ``from_anywhere``: the message need not go on where the reader is expected, and as the last one was written.
        """
        message, reached = Message(data), 0
        while reached < len(data):
            match = self._next(message, reached, from_anywhere=from_anywhere or reached > 0)
            if match is None:
                self._tail = data[reached:]
                return
            if reached == 0:
                self._header = match.offset
            self._step = match.start - self._last.start if self._last else match.size
            reached = match.offset + match.size
            self._last, self._footer = match, len(data) - reached
            yield match
            if self._footer == len(self._tail) and data.endswith(self._tail):
                return  # what the last messages end with was no text then

    def expected(self) -> Iterator[int]:
        """Gives the addresses at which the reader may go on: after the last match, or as far from its begin as that was
        from the begin of the one before it."""
        corpus, last = self._corpus, self._last
        address = last.start + last.size if last else 0
        while address < corpus.end and address >= corpus.text_of(address).end:
            address += 1  # the next text that is not empty
        if address < corpus.end:
            yield address
        address = last.start + self._step if last else corpus.end
        if 0 <= address < corpus.end and address < corpus.text_of(address).end:
            yield address

    def form(self) -> tuple[int, int]:
        """Gives the bytes before a part of a text in a message, and how many of the part are enough to know it by."""
        return self._header, HEAD if self._last and self._last.size >= HEAD else WIDTH

    def expected_heads(self) -> Iterator[bytes]:
        """Gives what may stand behind the header of a message that goes on where the reader is expected."""
        _, size = self.form()
        return (self._corpus.read(at, min(at + size, self._corpus.text_of(at).end)) for at in self.expected())

    def _next(self, message: Message, reached: int, *, from_anywhere: bool) -> Match | None:
        found = list[Match]()
        for address in self.expected():
            match = self._found(message, reached, address)
            if match is not None and (reached > 0 or self._fits(match, len(message.data))):
                return match
            found += [match] if match else []
        if from_anywhere:
            found += self._anywhere(message, reached)
        return max(found, key=lambda match: match.size) if from_anywhere and found else None

    def _fits(self, match: Match, size: int) -> bool:
        """Whether a message is written as the one before it: all but its header and its footer are the match. Of the
        first, whether most of it is."""
        footer = size - match.offset - match.size
        if self._last is None:
            return match.offset + footer < match.size // 4
        return match.offset <= self._header + SLACK and footer <= self._footer + SLACK

    def _found(self, message: Message, reached: int, address: int) -> Match | None:
        """Gives the longest match with an address, behind a header as the last one, or else the first."""
        window = self._corpus.read(address, min(address + WIDTH, self._corpus.text_of(address).end))
        data, near = message.data, reached + self._header
        if data.startswith(window, near):
            match = self._extended(message, reached, near, address)
            if match is not None and self._fits(match, len(data)):
                return match
        around = range(max(reached, near - AROUND), near + AROUND + 1)
        offsets = [offset for offset in around if data.startswith(window, offset)] or [data.find(window, reached)]
        found = (self._extended(message, reached, offset, address) for offset in offsets if offset >= 0)
        return max((match for match in found if match), key=lambda match: match.size, default=None)

    def _anywhere(self, message: Message, reached: int) -> list[Match]:
        """Gives a few matches: text that stands in several places is often not where it was found."""
        if len(message.data) - reached < LEAST_MATCH or (index := self._index()) is None:
            return []
        size, found, at = len(message.data), list[Match](), reached
        for _ in range(SLABS):
            at, places = index.places(message.data, at)
            extended = (self._extended(message, reached, offset, address) for offset, address in places)
            found += (match for match in extended if match)
            if at >= size or any(match.size > (size - reached) // 2 for match in found):
                break
        return found

    def _extended(self, message: Message, reached: int, offset: int, address: int) -> Match | None:
        """Gives the match through an offset and an address. What follows a match in a message is most often as long as
        it was in the message before."""
        corpus = self._corpus
        text = corpus.text_of(address)
        most = min(len(message.data) - offset, text.end - address)
        right = same_to_the_right(message, offset, corpus, address, most, max(SMALL, most - self._footer))
        left = same_to_the_left(message, offset, corpus, address, min(offset - reached, address - text.start))
        begin, size = offset - left, left + right
        read = counted(text, address - left, message.data[begin : begin + size])
        return None if read is None else Match(begin, address - left, size, read)
