"""The texts of a context: the text itself, its files, or the items and values of its JSON."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import repeat
from typing import NamedTuple

from rlm_coverage import SourceCopy, SourceFile, SourceText

from ..context import Document, StreamedContext
from .json_texts import json_entries


class ContextSource(NamedTuple):
    """The text at ``place`` of a context, counted from 0. ``is_text``: it is not the JSON of another value."""

    place: int
    is_text: bool
    source: SourceCopy | SourceFile | SourceText


def context_texts(context: StreamedContext) -> Iterator[ContextSource]:
    """Every text, in the order of the context. Raises ContextFailure, and ValueError for what is not JSON."""
    if context.kind == "files":
        yield from _files(context)
        return
    for document in context.documents():
        if context.kind == "json":
            yield from _values(document)
        else:
            yield ContextSource(0, True, SourceFile("context", document.path))


def _files(context: StreamedContext) -> Iterator[ContextSource]:
    """As the REPL was sent them, where that is known."""
    sent = context.sent.take() if context.sent is not None else None
    copies = repeat(None) if sent is None else sent.documents
    for place, (document, copy) in enumerate(zip(context.documents(), copies, strict=False)):
        source = SourceFile(document.name, document.path)
        if sent is not None and copy is not None:
            source = SourceCopy(document.name, sent.file, copy.start, copy.size, copy.chars)
        yield ContextSource(place, True, source)


def _values(document: Document) -> Iterator[ContextSource]:
    with document.open() as opened:
        for place, entry in enumerate(json_entries(opened.chunks())):
            pieces = (piece.encode("utf-8", "surrogatepass") for piece in entry.pieces)
            yield ContextSource(place, entry.is_text, SourceText(entry.name, pieces))


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
