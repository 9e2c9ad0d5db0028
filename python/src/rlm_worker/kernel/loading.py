"""One context or history, built from bytes as they arrive: decoded strictly, counted, hashed, not translated."""

from __future__ import annotations

import codecs
import sys
from collections import deque
from collections.abc import Generator
from json import dumps
from typing import Any, cast

from .growing_json import GrowingJson

ACK_BYTES = 1 << 20
SMALL_BYTES = 1 << 19
_OWN_HASHES = "_sha2" if sys.version_info >= (3, 12) else "_sha256"


class LoadFailed(Exception):
    """The bytes are not what they were said to be; the message is for the person who gave them."""


class Loading:
    """``kind``: text gives a str, json a list or dict, files a dict of name to text."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._sha256 = _sha256(0)
        self._bytes = 0
        self._acknowledged = 0
        self._values: list[tuple[str, Any]] = []
        self._announced: deque[tuple[str, int]] = deque()
        self._growing: GrowingText | GrowingJson | None = None
        """Of the document whose bytes come now: the first that is announced."""

        self._left = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")

    def documents(self, announced: list[tuple[str, int]]) -> None:
        """The bytes that follow are those of ``announced``, one after the other: a name and a size in bytes of each.
        The hash of files covers name, size and bytes of each, in order."""
        if not self._values and self._growing is None:
            self._sha256 = _sha256(sum(size for _, size in announced))
        self._announced.extend(announced)
        self._take(b"")

    def data(self, chunk: bytes) -> int | None:
        """The number of bytes received so far, when the worker should hear of it."""
        self._bytes += len(chunk)
        self._take(chunk)
        if self._bytes - self._acknowledged < ACK_BYTES:
            return None
        self._acknowledged = self._bytes
        return self._bytes

    def finish(self) -> tuple[Any, dict[str, Any]]:
        """The value, and what to report of it. Raises LoadFailed."""
        if self._announced:
            raise LoadFailed("it ended before all of it had come")
        value = self._value()
        report = {"chars": official_length(value), "bytes": self._bytes, "sha256": self._sha256.hexdigest()}
        return value, {**report, "context_type": type(value).__name__}

    def _value(self) -> str | dict[str, Any] | list[Any]:
        if self._kind == "files":
            return dict(self._values)
        if self._kind == "text":
            return self._values[0][1] if self._values else ""
        value: Any = self._values[0][1] if self._values else None
        if type(value) not in (list, dict):
            raise LoadFailed(f"the JSON holds a {type(value).__name__}; it must hold a list or an object")
        return value

    def _take(self, chunk: bytes) -> None:
        """Give each document its part of the bytes."""
        at = 0
        while at < len(chunk) or (self._growing is None and self._announced and self._announced[0][1] == 0):
            growing = self._growing = self._growing or self._begin()
            piece = chunk[at : at + self._left]
            at, self._left = at + len(piece), self._left - len(piece)
            self._sha256.update(piece)
            try:
                growing.add(self._decoder.decode(piece, self._left == 0))
                if self._left == 0:
                    self._values.append((self._announced.popleft()[0], growing.take()))
                    self._growing = None
            except UnicodeDecodeError as error:
                raise LoadFailed(f"not UTF-8: {error.reason}") from None
            except (ValueError, RecursionError) as error:
                raise LoadFailed(f"not JSON: {error}") from None

    def _begin(self) -> GrowingText | GrowingJson:
        if not self._announced:
            raise LoadFailed("more bytes came than were announced")
        name, self._left = self._announced[0]
        if self._kind == "files":
            self._sha256.update(name.encode("utf-8", "surrogatepass") + b"\0" + str(self._left).encode() + b"\0")
        return GrowingJson() if self._kind == "json" else GrowingText()


class GrowingText:
    """A text that grows in place, as only one in a local variable does: pieces that are joined are there twice."""

    def __init__(self) -> None:
        self._grow = self._grown()
        next(self._grow)

    def add(self, piece: str) -> None:
        self._grow.send(piece)

    def take(self) -> str:
        """The whole. It is this once."""
        try:
            self._grow.send(None)
        except StopIteration as ended:
            return cast("str", ended.value)
        raise AssertionError("a text that is taken has ended")

    @staticmethod
    def _grown() -> Generator[None, str | None, str]:
        text = ""
        while (piece := (yield)) is not None:
            text += piece
        return text


def _sha256(size: int) -> Any:
    """Python's own where ``size`` is small: OpenSSL's is faster, and takes as long to load as that for all of it."""
    try:
        hashes: Any = __import__(_OWN_HASHES if size < SMALL_BYTES else "hashlib")
    except ImportError:  # a Python that is built without its own
        hashes = __import__("hashlib")
    return hashes.sha256()


def official_length(context: str | dict[str, Any] | list[Any]) -> int:
    """``QueryMetadata.context_total_length`` of the official library, and a JSON length where that one would crash."""
    if isinstance(context, str):
        return len(context)
    if isinstance(context, dict):
        return sum(len(chunk) if type(chunk) is str else _json_length(chunk) for chunk in context.values())
    if context and type(context[0]) is dict:
        return sum(_message_length(chunk, "content" in context[0]) for chunk in context)
    return sum(len(chunk) if hasattr(chunk, "__len__") else _json_length(chunk) for chunk in context)


def _message_length(chunk: Any, has_content: bool) -> int:
    if has_content and type(chunk) is dict:
        return len(str(cast("dict[str, Any]", chunk).get("content", "")))
    return _json_length(chunk)


def _json_length(chunk: Any) -> int:
    return len(dumps(chunk, default=str))
