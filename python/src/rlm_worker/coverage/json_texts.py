"""The documents of a JSON context, read as a stream: no more than one value that is not a string is held in memory."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

HIGH = r"u[dD][89abAB][0-9a-fA-F]{2}"
LOW = r"u[dD][c-fC-F][0-9a-fA-F]{2}"
UNIT = r"u[0-9a-fA-F]{4}"
ESCAPE = rf"\\(?:[^u]|(?!{HIGH}){UNIT}|{HIGH}\\{LOW}|{HIGH}(?=[^\\]|\\[^u]|\\(?!{LOW}){UNIT}))"
STRING_PART = re.compile(rf'[^"\\]*(?:{ESCAPE}[^"\\]*)*', re.DOTALL)
"""Up to the end of the string, or to an escape that may not be all there yet: a character can take two of them."""

MOST_OF_EXPONENT = 2
"""Characters of a number, behind what is one without them, that do not show yet that it goes on: "e+"."""

SPACE = re.compile(r"[ \t\r\n]*")


class JsonEntry(NamedTuple):
    """``pieces`` must be used up before the next entry is asked for. ``is_text``: the value is a string."""

    name: str
    is_text: bool
    pieces: Iterator[str]


def json_entries(chunks: Iterable[bytes]) -> Iterator[JsonEntry]:
    """The items of a list, named by their index, or the values of an object, named by their key.

    A string's text is its own; any other value's is that of ``json.dumps(value, ensure_ascii=False)``.

    Raises:
        ValueError: the bytes are not a JSON list or object in UTF-8.
    """
    reader = _Reader(chunks)
    is_list = reader.take("[", "{") == "["
    close = "]" if is_list else "}"
    if reader.peek() == close:
        return
    index = 0
    while True:
        name = str(index) if is_list else "".join(reader.string())
        if not is_list:
            reader.take(":")
        if reader.peek() == '"':
            pieces = reader.string()
            yield JsonEntry(name, True, pieces)
            for _ in pieces:
                pass
        else:
            yield JsonEntry(name, False, iter([json.dumps(reader.value(), ensure_ascii=False)]))
        if reader.take(",", close) == close:
            return
        index += 1


class _Reader:
    """The text not yet used, from ``_at`` in ``_buffer``."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._buffer = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is not white space. Raises ValueError at the end."""
        while True:
            space = SPACE.match(self._buffer, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            self._more()

    def take(self, *expected: str) -> str:
        found = self.peek()
        if found not in expected:
            raise ValueError(f"{found!r} where one of {expected} should be")
        self._at += 1
        return found

    def string(self) -> Iterator[str]:
        """The text of a string, piece by piece."""
        self.take('"')
        while True:
            part = STRING_PART.match(self._buffer, self._at)
            end = part.end() if part else self._at
            closed = end < len(self._buffer) and self._buffer[end] == '"'
            if end > self._at:
                yield json.loads(f'"{self._buffer[self._at : end]}"', strict=False)
            self._at = end
            if closed:
                self._at += 1
                return
            self._more()

    def value(self) -> object:
        """One value that is not a string."""
        decoder, wanted = json.JSONDecoder(), 1
        while True:
            self.peek()
            try:
                value, end = decoder.raw_decode(self._buffer, self._at)
                if len(self._buffer) - end > MOST_OF_EXPONENT or self._ended:
                    self._at = end
                    return value
            except ValueError:
                if self._ended:
                    raise
            # Twice as much each time, so that a large value is not parsed again for every chunk.
            for _ in range(wanted):
                self._more(last_allowed=True)
            wanted *= 2

    def _more(self, last_allowed: bool = False) -> None:
        if self._ended:
            if last_allowed:
                return
            raise ValueError("the JSON ends too early")
        chunk = next(self._chunks, None)
        self._ended = chunk is None
        self._buffer = self._buffer[self._at :] + self._decoder.decode(chunk or b"", self._ended)
        self._at = 0
