"""What is loaded into the REPL: a handle's files, or a value of the official library's own (a child's prompt, a
history)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from ..context import CHUNK_BYTES, ContextDict, ContextHandle, ContextList, ContextText, Document, Kind
from ..sent_documents import Recorder
from ..unicode_text import well_formed


class Opened(Protocol):
    size: int

    def __enter__(self) -> Opened: ...
    def __exit__(self, *_: object) -> None: ...
    def chunks(self) -> Iterator[bytes]: ...


class Source(Protocol):
    @property
    def name(self) -> str: ...
    def open(self) -> Opened: ...


class Payload(NamedTuple):
    """``handle`` hears the length once the REPL has counted it."""

    kind: Kind
    sources: tuple[Source, ...]
    handle: ContextHandle | None

    @property
    def label(self) -> str:
        """What to call it in a message: its file, when it is one."""
        paths = [source.path for source in self.sources if isinstance(source, Document)]
        return paths[0] if len(paths) == 1 else f"{len(paths)} files" if paths else "the value"

    def recorder(self) -> Recorder | None:
        """For one load; None when nobody wants to know what was sent."""
        sent = self.handle.streamed.sent if self.handle is not None else None
        return sent.recorder() if sent is not None else None

    def loaded(self, chars: int) -> None:
        if self.handle is not None:
            self.handle.streamed.chars = chars


class _Inline:
    """Bytes in memory."""

    name = ""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def open(self) -> _Inline:
        return self

    def __enter__(self) -> _Inline:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def chunks(self) -> Iterator[bytes]:
        for start in range(0, self.size, CHUNK_BYTES):
            yield self._data[start : start + CHUNK_BYTES]


def payload_of(value: Any) -> Payload:
    """``value`` is a handle, or a str, list or dict as the official library takes it.

    Raises TypeError or ValueError for what JSON cannot hold; a lone surrogate in a str becomes U+FFFD.
    """
    if isinstance(value, ContextText | ContextList | ContextDict):
        sources: tuple[Document, ...] = value.streamed.sources
        return Payload(value.streamed.kind, sources, value)
    if isinstance(value, str):
        return Payload("text", (_Inline(well_formed(value).encode()),), None)
    return Payload("json", (_Inline(json.dumps(value).encode()),), None)
