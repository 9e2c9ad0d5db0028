"""The texts as bytes in one private file, so that nothing that happens to the user's files matters."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from mmap import ACCESS_READ, mmap

CHUNK = 64
"""Bytes of a chunk. Every text begins at a multiple of it, with at least one zero before."""

MARGIN = 256
"""Bytes of zeros before the first and after the last text, a multiple of CHUNK."""

CONTINUATION_BYTES = bytes(range(0x80, 0xC0))
"""The bytes of UTF-8 at which no character begins."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text that is handed over: its name, and its UTF-8 in pieces, used up before the next text is asked for."""

    name: str
    pieces: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text of the corpus: ``size`` bytes from ``start`` of the file, which are ``chars`` characters."""

    name: str
    start: int
    size: int
    chars: int

    @property
    def end(self) -> int:
        """The place after the last byte."""
        return self.start + self.size


class Corpus:
    """All texts, one after the other in a file without a name, which is gone when this object is.

    Attributes:
        texts: every text, in the order in which it came.
        copy_of: for each text the index of the first with the same bytes, which may be its own.
        memory: the file, mapped.
        chars: the characters of all texts together.
    """

    def __init__(self, texts: Iterable[SourceText]) -> None:
        """Raises what reading the texts raises, and OSError when the file cannot be written."""
        with tempfile.TemporaryFile(prefix="coverage-") as file:
            file.write(bytes(MARGIN))
            self.texts: list[StoredText] = []
            for text in texts:
                start, size, chars = file.tell(), 0, 0
                for piece in text.pieces:
                    file.write(piece)
                    size += len(piece)
                    chars += _characters_begun(piece)
                file.write(bytes(CHUNK - size % CHUNK))
                self.texts.append(StoredText(text.name, start, size, chars))
            file.write(bytes(MARGIN))
            file.flush()
            self.memory = mmap(file.fileno(), 0, access=ACCESS_READ)
        self.chars = sum(text.chars for text in self.texts)
        self.copy_of = self._copies()

    def originals(self) -> list[StoredText]:
        """Gives the texts that are not copies of one before them."""
        return [text for index, text in enumerate(self.texts) if self.copy_of[index] == index]

    def _copies(self) -> list[int]:
        by_size = defaultdict[int, list[int]](list)
        for index, text in enumerate(self.texts):
            by_size[text.size].append(index)
        copy_of = list(range(len(self.texts)))
        for same_size in by_size.values():
            if len(same_size) == 1:
                continue
            first: dict[bytes, int] = {}
            for index in same_size:
                text = self.texts[index]
                digest = sha256(self.memory[text.start : text.end]).digest()
                copy_of[index] = first.setdefault(digest, index)
        return copy_of


def _characters_begun(piece: bytes) -> int:
    """Counts the characters that begin in a piece, which may be cut within one."""
    return len(piece) if piece.isascii() else len(piece.translate(None, CONTINUATION_BYTES))
