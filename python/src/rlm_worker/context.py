"""The context as the worker holds it: small handles over files, streamed to the REPL and never loaded here.

A handle is what the official ``RLM.completion`` gets as its prompt. It passes the official type tests, is empty or
nearly so in memory, and has the length that ``QueryMetadata`` asks for once the REPL has counted it.
"""

from __future__ import annotations

import codecs
import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Self

from ._generated.messages import FilesContext, JsonContext, TextContext
from .errors import ContextFailure

CHUNK_BYTES = 1 << 18
JSON_START_BYTES = 1 << 12

Kind = Literal["text", "json", "files"]


@dataclass(frozen=True, slots=True)
class Document:
    """One UTF-8 file. ``name`` is its key in the REPL's dict, for a context of files."""

    name: str
    path: str

    @property
    def size(self) -> int:
        """The size of the context in bytes. Raises ContextFailure."""
        with self.open() as opened:
            return opened.size

    def open(self) -> OpenDocument:
        """Raises ContextFailure."""
        return OpenDocument(self)


class OpenDocument:
    """``size`` in bytes is fixed when the file is opened: a file that changes while it is read is an error, not a
    surprise."""

    def __init__(self, document: Document) -> None:
        self._path = document.path
        try:
            self._file = io.FileIO(document.path, "rb", opener=_open)
        except (OSError, ValueError) as error:
            raise _unreadable(document.path, error) from None
        status = os.fstat(self._file.fileno())
        if not stat.S_ISREG(status.st_mode):
            self._file.close()
            raise ContextFailure("context_unreadable", f"{document.path}: not a regular file")
        self.size = status.st_size

    def __enter__(self) -> OpenDocument:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def chunks(self) -> Iterator[bytes]:
        """Exactly ``size`` bytes of UTF-8. Raises ContextFailure, naming file and offset of the first bad byte."""
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        seen = 0
        while chunk := self._read():
            held = len(decoder.getstate()[0])
            _check(decoder, chunk, False, self._path, seen - held)
            seen += len(chunk)
            if seen > self.size:
                break
            yield chunk
        if seen != self.size:
            raise ContextFailure("context_unreadable", f"{self._path}: the file changed while it was read")
        _check(decoder, b"", True, self._path, seen - len(decoder.getstate()[0]))

    def _read(self) -> bytes:
        try:
            return self._file.read(CHUNK_BYTES)
        except OSError as error:
            raise _unreadable(self._path, error) from None


def _open(path: str, flags: int) -> int:
    """A pipe in the place of a file must not be waited for."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)


def _check(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool, path: str, start: int) -> None:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        message = (
            f"{path}: not UTF-8 at byte {start + error.start} ({error.reason}); convert it, or pass only text files"
        )
        raise ContextFailure("context_not_utf8", message) from None


def _unreadable(path: str, error: Exception) -> ContextFailure:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return ContextFailure("context_unreadable", f"{path}: {reason}")


@dataclass(slots=True)
class StreamedContext:
    """What a handle knows: where its bytes are, and how long they are for the official metadata (0 until loaded)."""

    kind: Kind
    sources: tuple[Document, ...]
    chars: int = 0

    @property
    def size(self) -> int:
        """Bytes of all files together, as they are now. Raises ContextFailure."""
        return sum(document.size for document in self.sources)

    def documents(self) -> Iterator[Document]:
        return iter(self.sources)

    def chunks(self) -> Iterator[tuple[str, bytes]]:
        """Name and bytes, document after document. Raises ContextFailure."""
        for document in self.sources:
            with document.open() as opened:
                for chunk in opened.chunks():
                    yield document.name, chunk


class Measured(str):
    """An empty text whose length is that of the context it stands for."""

    __slots__ = ("streamed",)
    streamed: StreamedContext

    def __new__(cls, streamed: StreamedContext) -> Self:
        text = super().__new__(cls)
        text.streamed = streamed
        return text

    def __len__(self) -> int:
        return self.streamed.chars

    def __bool__(self) -> bool:
        return True


class ContextText(Measured):
    """A text context."""

    __slots__ = ()


class ContextList(list[Any]):
    """A JSON list; holds one stand-in as long as the whole."""

    def __init__(self, streamed: StreamedContext) -> None:
        super().__init__([Measured(streamed)])
        self.streamed = streamed


class ContextDict(dict[str, Any]):
    """A JSON object or many files; holds one stand-in as long as the whole."""

    def __init__(self, streamed: StreamedContext) -> None:
        super().__init__({"": Measured(streamed)})
        self.streamed = streamed


ContextHandle = ContextText | ContextList | ContextDict


def no_context() -> ContextHandle:
    """An empty text, for a first turn of a session that brings none."""
    return ContextText(StreamedContext("text", ()))


def open_context(source: TextContext | JsonContext | FilesContext) -> ContextHandle:
    """Every file is opened once, so that a missing one is known before anything starts. Raises ContextFailure."""
    if isinstance(source, FilesContext):
        return ContextDict(_streamed("files", tuple(Document(file.name, file.path) for file in source.files)))
    document = Document("", source.path)
    if isinstance(source, TextContext):
        return ContextText(_streamed("text", (document,)))
    streamed = _streamed("json", (document,))
    return ContextList(streamed) if _starts_a_list(document) else ContextDict(streamed)


def _streamed(kind: Kind, documents: tuple[Document, ...]) -> StreamedContext:
    for document in documents:
        with document.open():
            pass
    return StreamedContext(kind, documents)


def _starts_a_list(document: Document) -> bool:
    with document.open() as opened:
        start = next(opened.chunks(), b"")[:JSON_START_BYTES].lstrip(b" \t\r\n")[:1]
    if start not in (b"[", b"{"):
        raise ContextFailure("context_unreadable", f"{document.path}: a JSON context must hold a list or an object")
    return start == b"["
