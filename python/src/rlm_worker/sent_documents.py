"""The small documents of a context as the REPL was sent them, in one private file: whoever reads them again need not
open each of them again."""

from __future__ import annotations

import io
import os
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, NamedTuple

SMALL_BYTES: Final = 1 << 16
"""Documents of as many bytes or more stay where they are: to open those again costs little beside reading them."""

WRITE_BYTES: Final = 1 << 18
"""Bytes that are written at a time: a write for each document takes as long as to open it."""


class SentDocument(NamedTuple):
    """``start`` and ``size`` in bytes; ``chars`` is None where it is not plain ASCII."""

    start: int
    size: int
    chars: int | None


@dataclass(slots=True)
class Sent:
    """``documents`` in the order of the context, None for those that stay where they are. Whoever has it closes
    ``file``."""

    file: io.FileIO
    documents: list[SentDocument | None] = field(default_factory=list[SentDocument | None])


class SentDocuments:
    """What one load has sent, until it is taken. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: Sent | None = None
        self._is_wanted = True

    def recorder(self) -> Recorder | None:
        """For a load; None when nobody wants to know."""
        with self._lock:
            return Recorder(self) if self._is_wanted else None

    def give(self, sent: Sent) -> None:
        """A load is complete. The first is kept: a later one sends the same."""
        with self._lock:
            if self._is_wanted:
                self._sent, self._is_wanted = sent, False
                return
        sent.file.close()

    def take(self) -> Sent | None:
        """What was sent; None when no load is complete, and then none is wanted any more."""
        with self._lock:
            self._is_wanted = False
            sent, self._sent = self._sent, None
            return sent

    def close(self) -> None:
        """Idempotent."""
        if (sent := self.take()) is not None:
            sent.file.close()


class Recorder:
    """Writes down one load, document after document. A disk that is full ends it: the documents are read where they are
    then."""

    def __init__(self, gives_to: SentDocuments) -> None:
        self._gives_to = gives_to
        self._sent: Sent | None = None
        self._held: list[bytes] = []
        self._held_bytes = self._written = 0
        with suppress(OSError):
            self._sent = Sent(_private_file())

    def add(self, size: int, pieces: list[bytes]) -> None:
        """The next document, whole."""
        if self._sent is None:
            return
        if size >= SMALL_BYTES:
            self._sent.documents.append(None)
            return
        is_ascii = all(piece.isascii() for piece in pieces)
        start = self._written + self._held_bytes
        self._sent.documents.append(SentDocument(start, size, size if is_ascii else None))
        self._held += pieces
        self._held_bytes += size
        if self._held_bytes >= WRITE_BYTES:
            self._write()

    def pass_over(self) -> None:
        """The next document stays where it is."""
        self.add(SMALL_BYTES, [])

    def complete(self) -> None:
        """All of them were sent."""
        self._write()
        if self._sent is not None:
            self._gives_to.give(self._sent)
            self._sent = None

    def close(self) -> None:
        """Forgets what was not completed. Idempotent."""
        if self._sent is not None:
            self._sent.file.close()
            self._sent = None

    def _write(self) -> None:
        data, self._held = memoryview(b"".join(self._held)), []
        self._written, self._held_bytes = self._written + self._held_bytes, 0
        try:
            while self._sent is not None and data:
                data = data[self._sent.file.write(data) :]
        except OSError:
            self.close()


def _private_file() -> io.FileIO:
    """Without a name. Raises OSError."""
    descriptor, path = tempfile.mkstemp(prefix="context-")
    os.unlink(path)
    return io.FileIO(descriptor, "r+")
