"""The documents of a context as bytes in one private file, so that nothing that happens to the user's files matters."""

from __future__ import annotations

import codecs
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from mmap import ACCESS_READ, mmap

from ..context import StreamedContext
from .json_texts import json_entries

BLOCK = 64
"""Bytes. Every document begins at a multiple of it, with at least one zero before."""

MARGIN = 256
"""Bytes of zeros before the first and after the last document, a multiple of BLOCK."""


@dataclass(frozen=True, slots=True)
class Text:
    """One document: ``size`` bytes from ``start`` of the file. ``is_text``: not the JSON of another value."""

    name: str
    start: int
    size: int
    chars: int
    is_text: bool

    @property
    def end(self) -> int:
        return self.start + self.size


class Documents:
    """The file is gone when this object is.

    Attributes:
        texts: every document, in the order of the context.
        copy_of: for each the index of the first with the same bytes, which may be its own.
        memory: the file, mapped.
        chars: of all documents together.
    """

    def __init__(self, context: StreamedContext) -> None:
        """Raises ContextFailure, OSError when the file cannot be written, ValueError for what is not JSON."""
        with tempfile.TemporaryFile(prefix="coverage-") as file:
            file.write(bytes(MARGIN))
            self.texts: list[Text] = []
            for name, is_text, pieces in _entries(context):
                start, size, chars = file.tell(), 0, 0
                for data, length in pieces:
                    file.write(data)
                    size += len(data)
                    chars += length
                file.write(bytes(BLOCK - size % BLOCK))
                self.texts.append(Text(name, start, size, chars, is_text))
            file.write(bytes(MARGIN))
            file.flush()
            self.memory = mmap(file.fileno(), 0, access=ACCESS_READ)
        self.chars = sum(text.chars for text in self.texts)
        self.copy_of = self._copies()

    def originals(self) -> list[Text]:
        """The documents that are not copies of another."""
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


Piece = tuple[bytes, int]
"""Bytes, and how many characters begin in them."""


def context_sha256(context: StreamedContext) -> str:
    """As ``context.loaded`` reports it. Raises ContextFailure."""
    digest = sha256()
    for document in context.documents():
        with document.open() as opened:
            if context.kind == "files":
                digest.update(f"{document.name}\0{opened.size}\0".encode("utf-8", "surrogatepass"))
            for chunk in opened.chunks():
                digest.update(chunk)
    return digest.hexdigest()


def _entries(context: StreamedContext) -> Iterator[tuple[str, bool, Iterator[Piece]]]:
    for document in context.documents():
        with document.open() as opened:
            if context.kind == "json":
                for entry in json_entries(opened.chunks()):
                    yield entry.name, entry.is_text, _encoded(entry.pieces)
            else:
                yield document.name if context.kind == "files" else "context", True, _counted(opened.chunks())


def _encoded(pieces: Iterable[str]) -> Iterator[Piece]:
    for piece in pieces:
        yield piece.encode("utf-8", "surrogatepass"), len(piece)


def _counted(chunks: Iterable[bytes]) -> Iterator[Piece]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    for chunk in chunks:
        whole = chunk.isascii() and not decoder.getstate()[0]
        yield chunk, len(chunk) if whole else len(decoder.decode(chunk))
