"""How documents travel to the REPL: small ones together, a large one alone and piece by piece."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..context import CHUNK_BYTES
from ..sent_documents import Recorder
from .payload import Payload

MOST_TOGETHER = 1_000
"""Documents of one parcel, at most: their names are told in one message."""


@dataclass(slots=True)
class Parcel:
    """``documents``: name and size in bytes of each. ``pieces``: their bytes, one document after the other, to be used
    up before the next parcel is asked for."""

    documents: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    pieces: Iterable[bytes] = ()


class Parcels:
    """A payload in parcels. ``sha256``: of what was given so far, as the REPL computes it."""

    def __init__(self, payload: Payload) -> None:
        self.sha256 = hashlib.sha256()
        self._payload = payload

    def __iter__(self) -> Iterator[Parcel]:
        """Raises ContextFailure."""
        recorder = self._payload.recorder()
        if recorder is None:
            yield from self._parcels(None)
            return
        try:
            yield from self._parcels(recorder)
            recorder.complete()
        finally:
            recorder.close()

    def _parcels(self, recorder: Recorder | None) -> Iterator[Parcel]:
        together, held, room = Parcel(), list[bytes](), CHUNK_BYTES
        for source in self._payload.sources:
            with source.open() as opened:
                document = (source.name, opened.size)
                if together.documents and (opened.size > room or len(together.documents) == MOST_TOGETHER):
                    yield self._packed(together, held)
                    together, held, room = Parcel(), [], CHUNK_BYTES
                if opened.size > CHUNK_BYTES:
                    if recorder is not None:
                        recorder.pass_over()
                    self._begin(*document)
                    yield Parcel([document], map(self._hashed, opened.chunks()))
                    continue
                self._begin(*document)
                pieces = list(map(self._hashed, opened.chunks()))
                if recorder is not None:
                    recorder.add(opened.size, pieces)
                held += pieces
                together.documents.append(document)
                room -= opened.size
        if together.documents:
            yield self._packed(together, held)

    def _packed(self, together: Parcel, held: list[bytes]) -> Parcel:
        together.pieces = [b"".join(held)]
        return together

    def _begin(self, name: str, size: int) -> None:
        if self._payload.kind == "files":
            self.sha256.update(name.encode("utf-8", "surrogatepass") + b"\0%d\0" % size)

    def _hashed(self, chunk: bytes) -> bytes:
        self.sha256.update(chunk)
        return chunk
