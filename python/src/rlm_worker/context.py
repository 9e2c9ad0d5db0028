"""The context as the worker holds it: small handles over files, streamed to the REPL and never loaded here.

A handle is what the official ``RLM.completion`` gets as its prompt. It passes the official type tests, is empty or
nearly so in memory, and has the length that ``QueryMetadata`` asks for once the REPL has counted it.
"""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Self

from ._generated.messages import FilesContext, JsonContext, TextContext
from .errors import ContextFailure
from .sent_documents import SentDocuments

CHUNK_BYTES = 1 << 18
JSON_START_BYTES = 1 << 12

FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
"""A pipe in the place of a file must not be waited for."""

Kind = Literal["text", "json", "files"]


class Document(NamedTuple):
    """One UTF-8 file. ``name`` is its key in the REPL's dict, for a context of files."""

    name: str
    path: str

    def open(self) -> OpenDocument:
        """Raises ContextFailure."""
        return OpenDocument(self)

    def measure(self) -> int:
        """Its size in bytes; nothing is opened. Raises ContextFailure."""
        try:
            status = os.stat(self.path)
        except (OSError, ValueError) as error:
            raise _unreadable(self.path, error) from None
        _require_regular(self.path, status)
        return status.st_size


class OpenDocument:
    """``size`` in bytes is fixed when the file is opened: a file that changes while it is read is an error, not a
    surprise."""

    def __init__(self, document: Document) -> None:
        self._path = document.path
        try:
            self._descriptor = os.open(document.path, FLAGS)
        except (OSError, ValueError) as error:
            raise _unreadable(document.path, error) from None
        status = os.fstat(self._descriptor)
        try:
            _require_regular(document.path, status)
        except ContextFailure:
            os.close(self._descriptor)
            raise
        self.size = status.st_size

    def __enter__(self) -> OpenDocument:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def chunks(self) -> Iterator[bytes]:
        """Exactly ``size`` bytes of UTF-8. Raises ContextFailure, naming file and offset of the first bad byte."""
        seen, held = 0, b""
        while True:
            # One byte more than there should be, to see that the file has ended.
            wanted = min(CHUNK_BYTES, self.size - seen + 1)
            chunk = self._read(wanted)
            seen += len(chunk)
            if held or not chunk.isascii():
                held = _cut_character(held + chunk, False, self._path, seen)
            if seen > self.size:
                break
            if chunk:
                yield chunk
            if len(chunk) == 0 or (seen == self.size and len(chunk) < wanted):
                break
        if seen != self.size:
            raise ContextFailure("context_unreadable", f"{self._path}: the file changed while it was read")
        _cut_character(held, True, self._path, seen)

    def _read(self, size: int) -> bytes:
        try:
            return os.read(self._descriptor, size)
        except OSError as error:
            raise _unreadable(self._path, error) from None


def _cut_character(data: bytes, is_last: bool, path: str, end: int) -> bytes:
    """The bytes of a character that goes on behind ``data``, which ends at the offset ``end`` of its file."""
    try:
        return data[codecs.utf_8_decode(data, "strict", is_last)[1] :]
    except UnicodeDecodeError as error:
        at = end - len(data) + error.start
        message = f"{path}: not UTF-8 at byte {at} ({error.reason}); convert it, or pass only text files"
        raise ContextFailure("context_not_utf8", message) from None


def _require_regular(path: str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        what = "is a directory" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        raise ContextFailure("context_unreadable", f"{path}: {what}")


def _unreadable(path: str, error: Exception) -> ContextFailure:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return ContextFailure("context_unreadable", f"{path}: {reason}")


@dataclass(slots=True)
class StreamedContext:
    """What a handle knows: where its bytes are, how many they were when it was made, and how long they are for the
    official metadata (0 until loaded). ``sent``: of many files, for whoever reads them again."""

    kind: Kind
    sources: tuple[Document, ...]
    size: int
    chars: int = 0
    sent: SentDocuments | None = None

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
    return ContextText(StreamedContext("text", (), 0))


def open_context(source: TextContext | JsonContext | FilesContext) -> ContextHandle:
    """Every file is looked at once, so that a missing one is known before anything starts. Raises ContextFailure."""
    if isinstance(source, FilesContext):
        return ContextDict(_streamed("files", tuple(Document(file.name, file.path) for file in source.files)))
    document = Document("", source.path)
    if isinstance(source, TextContext):
        return ContextText(_streamed("text", (document,)))
    streamed = _streamed("json", (document,))
    return ContextList(streamed) if _starts_a_list(document) else ContextDict(streamed)


def _streamed(kind: Kind, documents: tuple[Document, ...]) -> StreamedContext:
    return StreamedContext(kind, documents, sum(document.measure() for document in documents))


def _starts_a_list(document: Document) -> bool:
    with document.open() as opened:
        start = next(opened.chunks(), b"")[:JSON_START_BYTES].lstrip(b" \t\r\n")[:1]
    if start not in (b"[", b"{"):
        raise ContextFailure("context_unreadable", f"{document.path}: a JSON context must hold a list or an object")
    return start == b"["
