"""A list or an object of JSON, read as its text comes: what is read is not there as text beside its value."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any, cast

from .codec import scan

_HIGH = r"u[dD][89abAB][0-9a-fA-F]{2}"
_LOW = r"u[dD][c-fC-F][0-9a-fA-F]{2}"
_UNIT = r"u[0-9a-fA-F]{4}"
_ESCAPE = rf'\\(?:["\\/bfnrt]|(?!{_HIGH}){_UNIT}|{_HIGH}\\{_LOW}|{_HIGH}(?=[^\\]|\\[^u]|\\(?!{_LOW}){_UNIT}))'
_STRING_PART = re.compile(rf'[^"\\]*(?:{_ESCAPE}[^"\\]*)*')
"""Up to the end of the string, or to an escape that may not be all there yet: a character can take two of them."""

_BLANKS = re.compile(r"[ \t\r\n]*")
_ESCAPE_CHARS = 13
"""Of which an escape that may go on has fewer."""

_CLOSED = ('"', "[", "{")
_GOES_ON_CHARS = 10
"""A number, or a name, with less than that behind its beginning, or behind what may be its end, may go on."""

_LEAST_CHARS = 1000
"""Less than that of a list is not worth to be looked through for a place to cut it at."""

_ENDS = ("},", ",")
"""Where it may be cut: most lists that are long hold objects, or numbers and short texts."""


class GrowingJson:
    """One document. ``add`` its text, and ``take`` its value, once."""

    def __init__(self) -> None:
        self._text = ""
        """What is not read yet begins at ``_at``."""

        self._at = 0
        self._ended = False
        self._pieces = 0
        self._read_chars = self._read_lines = self._read_of_line = 0
        self._reading = self._document()
        next(self._reading)

    def add(self, piece: str) -> None:
        """Raises ValueError for what is no JSON."""
        self._forget_read()
        self._text += piece
        self._pieces += 1
        next(self._reading)

    def take(self) -> Any:
        """Raises ValueError for what is no JSON, or has no end."""
        self._ended = True
        try:
            next(self._reading)
        except StopIteration as ended:
            return ended.value
        raise AssertionError("a text that has ended is read")

    def _forget_read(self) -> None:
        lines = self._text.count("\n", 0, self._at)
        begins = self._text.rfind("\n", 0, self._at) + 1
        self._read_of_line = self._at - begins + (0 if lines else self._read_of_line)
        self._read_chars, self._read_lines = self._read_chars + self._at, self._read_lines + lines
        self._text, self._at = self._text[self._at :], 0

    # Each of these goes on with the next piece whenever it yields.

    def _document(self) -> Generator[None, None, Any]:
        value = yield from self._value()
        while True:
            if (yield from self._next()):
                raise self._wrong("Extra data")
            if self._ended:
                return value
            yield

    def _value(self) -> Generator[None, None, Any]:
        first = yield from self._next()
        found = self._scanned()
        if found is None and first == "[":
            return (yield from self._list())
        if found is None and first == "{":
            return (yield from self._object())
        if found is None and first == '"':
            return (yield from self._string())
        while not self._ended and len(self._text) - (self._at if found is None else found[1]) < _GOES_ON_CHARS:
            if first in _CLOSED and found is not None:
                break
            yield
            found = self._scanned()
        if found is None:
            raise self._wrong("Expecting value")
        value, self._at = found
        return value

    def _list(self) -> Generator[None, None, list[Any]]:
        items: list[Any] = []
        looked = 0
        self._at += 1
        if (yield from self._next()) == "]":
            self._at += 1
            return items
        while True:
            if looked < self._pieces:
                looked = self._pieces
                items += cast("list[Any]", self._whole_ones("[", "]"))
            items.append((yield from self._value()))
            if (yield from self._is_last("]")):
                return items

    def _object(self) -> Generator[None, None, dict[str, Any]]:
        fields: dict[str, Any] = {}
        looked = 0
        self._at += 1
        if (yield from self._next()) == "}":
            self._at += 1
            return fields
        while True:
            if looked < self._pieces:
                looked = self._pieces
                fields.update(cast("dict[str, Any]", self._whole_ones("{", "}")))
            if (yield from self._next()) != '"':
                raise self._wrong("Expecting property name enclosed in double quotes")
            name = yield from self._value()
            if (yield from self._next()) != ":":
                raise self._wrong("Expecting ':' delimiter")
            self._at += 1
            fields[name] = yield from self._value()
            if (yield from self._is_last("}")):
                return fields

    def _string(self) -> Generator[None, None, str]:
        """One that is longer than what has come. It grows in place, as only a local variable does."""
        text, begins = "", self._wrong("Unterminated string starting at")
        self._at += 1
        while True:
            part = _STRING_PART.match(self._text, self._at)
            end = self._at if part is None else part.end()
            if end > self._at:
                text += self._unescaped(end)
            self._at = end
            if self._text[end : end + 1] == '"':
                self._at += 1
                return text
            if len(self._text) - end >= _ESCAPE_CHARS or (self._ended and end < len(self._text)):
                raise self._wrong("Invalid \\escape")
            if self._ended:
                raise begins
            yield

    def _unescaped(self, end: int) -> str:
        piece = self._text[self._at : end]
        try:
            return cast("str", scan(f'"{piece}"', 0)[0])
        except ValueError:
            raise self._wrong("Invalid control character at") from None

    def _next(self) -> Generator[None, None, str]:
        """The character that is not blank and comes next; "" at the end."""
        while True:
            blanks = _BLANKS.match(self._text, self._at)
            self._at = self._at if blanks is None else blanks.end()
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            yield

    def _is_last(self, end: str) -> Generator[None, None, bool]:
        mark = yield from self._next()
        if mark not in (end, ",") or not mark:
            raise self._wrong("Expecting ',' delimiter")
        self._at += 1
        return mark == end

    def _scanned(self) -> tuple[Any, int] | None:
        """The value that begins here, and its end, where all of it has come."""
        try:
            return scan(self._text, self._at)
        except (StopIteration, ValueError):
            return None

    def _whole_ones(self, opening: str, closing: str) -> Any:
        """As many items as there are whole, but for the last: one by one they would take longer, and their names more
        room."""
        for end in _ENDS if len(self._text) - self._at > _LEAST_CHARS else ():
            found = self._text.rfind(end, self._at)
            cut = self._at if found < 0 else found + len(end) - 1
            text = f"{opening}{self._text[self._at : cut]}{closing}"
            try:
                whole, ends_at = scan(text, 0)
            except (StopIteration, ValueError):
                continue
            if whole and ends_at == len(text):
                self._at = cut + 1
                return whole
        return [] if opening == "[" else {}

    def _wrong(self, what: str) -> ValueError:
        """As the standard library says it."""
        lines = self._text.count("\n", 0, self._at)
        begins = self._text.rfind("\n", 0, self._at) + 1
        column = 1 + self._at - begins + (0 if lines else self._read_of_line)
        line, char = 1 + self._read_lines + lines, self._read_chars + self._at
        return ValueError(f"{what}: line {line} column {column} (char {char})")
