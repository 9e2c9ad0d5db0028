"""The texts of a context: the text itself, its files, or the items and values of its JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from ..context import StreamedContext
from .json_texts import json_entries


@dataclass(frozen=True, slots=True)
class CountedText:
    """The text at ``place`` of a context, counted from 0.

    ``pieces`` must be used up before the next text is asked for. ``is_text``: it is not the JSON of another value.
    """

    place: int
    name: str
    is_text: bool
    pieces: Iterable[bytes]


def context_texts(context: StreamedContext) -> Iterator[CountedText]:
    """Every text, in the order of the context. Raises ContextFailure, and ValueError for what is not JSON."""
    for place, document in enumerate(context.documents()):
        with document.open() as opened:
            if context.kind == "json":
                for item, entry in enumerate(json_entries(opened.chunks())):
                    pieces = (piece.encode("utf-8", "surrogatepass") for piece in entry.pieces)
                    yield CountedText(item, entry.name, entry.is_text, pieces)
            else:
                name = document.name if context.kind == "files" else "context"
                yield CountedText(place, name, True, opened.chunks())


def context_sha256(context: StreamedContext) -> str:
    """The hash of a context as ``context.loaded`` reports it. Raises ContextFailure."""
    digest = sha256()
    for document in context.documents():
        with document.open() as opened:
            if context.kind == "files":
                digest.update(f"{document.name}\0{opened.size}\0".encode("utf-8", "surrogatepass"))
            for chunk in opened.chunks():
                digest.update(chunk)
    return digest.hexdigest()
