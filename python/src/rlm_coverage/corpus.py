"""The texts, one after the other in one space of addresses, read a few bytes at a time and never held."""

from __future__ import annotations

import io
import os
import tempfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .source_files import SourceFiles, look

SMALL_FILE_BYTES = 1 << 16
"""Bytes below which a file is copied: to open it again and again would take longer."""

PIECE_BYTES = 1 << 18
"""Bytes that are read at a time where all of a span is read."""

CONTINUATION_BYTES = bytes(range(0x80, 0xC0))
"""The bytes of UTF-8 at which no character begins."""


class SourceText(NamedTuple):
    """A text that is in no file: its name, and its UTF-8 in pieces, used up before the next text is asked for."""

    name: str
    pieces: Iterable[bytes]


class SourceFile(NamedTuple):
    """A text that is a file of UTF-8, which stays where it is."""

    name: str
    path: str


class SourceCopy(NamedTuple):
    """A text that stands in a private file of the caller's: ``size`` bytes from ``start``. The corpus closes the file.

    ``chars``: its characters, where the caller has counted them.
    """

    name: str
    file: io.FileIO
    start: int
    size: int
    chars: int | None


class Text(NamedTuple):
    """A text of the corpus: ``size`` bytes from the address ``start``."""

    name: str
    start: int
    size: int

    @property
    def end(self) -> int:
        """The address after the last byte."""
        return self.start + self.size


class Corpus:
    """All texts. Large files are read where they are; the rest from one private file, which is gone when this is.

    Attributes:
        texts: every text, in the order in which it came; between two of them is one address that is in neither.
        end: the address after the last text.
        size: the bytes of all texts together.
    """

    def __init__(self, sources: Iterable[SourceCopy | SourceFile | SourceText]) -> None:
        """Raises what reading the texts raises, and OSError when the private file cannot be written."""
        self.texts: list[Text] = []
        self._files = SourceFiles()
        self._spool: io.BufferedWriter | None = None
        self._spooled = 0
        self._copies: set[io.FileIO] = set()
        self._chars: dict[int, int] = {}
        at = 0
        for source in sources:
            size = self._add(source)
            self.texts.append(Text(source.name, at, size))
            at += size + 1
        if self._spool is not None:
            self._spool.flush()
        self.end = at
        self.size = at - len(self.texts)
        self._starts = [text.start for text in self.texts]

    def place_of(self, address: int) -> int:
        """Gives the place of the text that an address is in."""
        return bisect_right(self._starts, address) - 1

    def text_of(self, address: int) -> Text:
        """Gives the text that an address is in."""
        return self.texts[bisect_right(self._starts, address) - 1]

    def read(self, begin: int, end: int) -> bytes:
        """Gives the bytes between two addresses of one text. Raises TextUnreadable."""
        place = self.place_of(begin)
        offset = begin - self._starts[place]
        return self._files.read(place, offset, end - begin)

    def pieces(self, begin: int, end: int) -> Iterator[bytes]:
        """Gives the bytes between two addresses of one text, a piece at a time."""
        for at in range(begin, end, PIECE_BYTES):
            yield self.read(at, min(end, at + PIECE_BYTES))

    def tell_chars(self, chars: int) -> None:
        """Tells it what somebody else has counted: the characters of all texts together."""
        if chars == self.size:
            self._chars = {place: text.size for place, text in enumerate(self.texts)}
        elif len(self.texts) == 1:
            self._chars[0] = chars

    def chars(self, place: int) -> int:
        """Gives the characters of a text, which are counted once."""
        if place not in self._chars:
            text = self.texts[place]
            self._chars[place] = self.characters(text.start, text.end)
        return self._chars[place]

    def characters(self, begin: int, end: int) -> int:
        """Counts the characters that begin between two addresses of one text."""
        return sum(map(_characters_begun, self.pieces(begin, end)))

    def check(self) -> None:
        """Raises TextUnreadable when a file is no longer what was read."""
        self._files.check()

    def close(self) -> None:
        """Closes every file. Idempotent."""
        self._files.close()
        if self._spool is not None:
            self._spool.close()
        for file in self._copies:
            file.close()

    def _add(self, source: SourceCopy | SourceFile | SourceText) -> int:
        """Gives the size of the next text."""
        if isinstance(source, SourceText):
            return self._copy(source.pieces)
        if isinstance(source, SourceCopy):
            return self._take(source)
        status, data = look(source.path, SMALL_FILE_BYTES)
        if data is not None:
            return self._copy([data])
        self._files.add(source.path, status)
        return status.st_size

    def _take(self, source: SourceCopy) -> int:
        self._copies.add(source.file)
        if source.chars is not None:
            self._chars[len(self.texts)] = source.chars
        self._files.add_copy(source.file.fileno(), source.start)
        return source.size

    def _copy(self, pieces: Iterable[bytes]) -> int:
        if self._spool is None:
            self._spool = _private_file()
        size, chars = 0, 0
        for piece in pieces:
            self._spool.write(piece)
            size += len(piece)
            chars += _characters_begun(piece)
        self._chars[len(self.texts)] = chars
        self._files.add_copy(self._spool.fileno(), self._spooled)
        self._spooled += size
        return size


def _private_file() -> io.BufferedWriter:
    """Opens a file without a name."""
    descriptor, path = tempfile.mkstemp(prefix="coverage-")
    os.unlink(path)
    return io.BufferedWriter(io.FileIO(descriptor, "wb"))


def _characters_begun(piece: bytes) -> int:
    """Counts the characters that begin in a piece, which may be cut within one."""
    return len(piece) if piece.isascii() else len(piece.translate(None, CONTINUATION_BYTES))
