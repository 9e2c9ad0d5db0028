"""Values as Python and JSON write them: literals, and the reprs of models, dataclasses, enums and dates."""

from __future__ import annotations

import math
import re
from typing import NoReturn, cast

from pydantic import JsonValue

from ...unicode_text import well_formed
from .constructors import NotAValue, construct

MAX_LEVELS = 64

_SPACE = re.compile(r"\s*+")
_NAME = re.compile(r"[A-Za-z_][\w.]{0,200}+")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(\.[0-9]*+)?([eE][+-]?[0-9]++)?(?![\w.])")
_STRING = re.compile(
    # The outer repetition takes what it can and no step back, but must not say so: before Python 3.11.5 that fails.
    r'"""(?P<a>[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*)"""'
    r"|'''(?P<b>[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*)'''"
    r'|"(?P<c>[^"\\]*+(?:\\.[^"\\]*+)*+)"'
    r"|'(?P<d>[^'\\\n]*+(?:\\.[^'\\\n]*+)*+)'",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(.))", re.DOTALL)
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\n": ""}
_WORDS = {"True": True, "true": True, "False": False, "false": False, "None": None, "null": None}
_CLOSING = {"[": "]", "(": ")"}


class Unreadable(Exception):
    """The text is not a value. ``at`` is how far the text was looked at."""

    def __init__(self, at: int) -> None:
        super().__init__(f"no value at {at}")
        self.at = at


def read_whole(text: str) -> JsonValue:
    """The value that the text is, or the object of ``name='Ada' age=36``. Raises Unreadable."""
    if _NAME.match(text) and (pairs := _Literals(text, 0).pairs()) is not None:
        return pairs
    value, end = read_at(text, 0)
    if text[end:].strip():
        raise Unreadable(end)
    return value


def read_at(text: str, start: int) -> tuple[JsonValue, int]:
    """The value that begins at ``start``, and where it ends. Raises Unreadable."""
    literals = _Literals(text, start)
    return literals.value(MAX_LEVELS), literals.at


class _Literals:
    """``at`` is where the next token begins."""

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at

    def value(self, levels: int) -> JsonValue:
        self._space()
        if levels == 0:
            self._fail()
        first = self.text[self.at : self.at + 1]
        if first in ('"', "'"):
            return self._strings()
        if first in ("[", "("):
            return self._sequence(first, levels)
        if first == "{":
            return self._braces(levels)
        if first == "<":
            return self._enum_member(levels)
        if name := _NAME.match(self.text, self.at):
            return self._named(name[0], levels)
        return self._number()

    def pairs(self) -> dict[str, JsonValue] | None:
        """``name='Ada' age=36`` to the end of the text, as ``str`` of a pydantic model; None if it is not that."""
        pairs: dict[str, JsonValue] = {}
        try:
            while self.at < len(self.text):
                key = self._keyword()
                if key is None:
                    return None
                pairs[key] = self.value(MAX_LEVELS - 1)
                self._space()
        except Unreadable:
            return None
        return pairs

    def _space(self) -> None:
        if self.text[self.at : self.at + 1].isspace():  # mostly there is none
            self.at = cast("re.Match[str]", _SPACE.match(self.text, self.at)).end()

    def _fail(self) -> NoReturn:
        raise Unreadable(self.at)

    def _take(self, mark: str) -> bool:
        """Whether ``mark`` comes next; it is passed then."""
        self._space()
        taken = self.text.startswith(mark, self.at)
        self.at += len(mark) * taken
        return taken

    def _need(self, mark: str) -> None:
        if not self._take(mark):
            self._fail()

    def _strings(self) -> str:
        """One or more next to each other, as ``pprint`` breaks a long one."""
        parts: list[str] = []
        while self.text[self.at : self.at + 1] in ('"', "'"):
            match = _STRING.match(self.text, self.at)
            if match is None:
                self.at = len(self.text)
                self._fail()
            parts.append(_ESCAPE.sub(_unescape, cast("str", match[cast("str", match.lastgroup)])))
            self.at = match.end()
            self._space()
        return well_formed("".join(parts))

    def _number(self) -> int | float:
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            self._fail()
        self.at = match.end()
        try:
            number = float(match[0]) if match[1] or match[2] else int(match[0])
        except ValueError:  # more digits than Python converts
            self._fail()
        return number if math.isfinite(number) else self._fail()

    def _sequence(self, opening: str, levels: int) -> JsonValue:
        """A list or tuple; in brackets without a comma, the value itself."""
        self.at += 1
        items: list[JsonValue] = []
        comma = True
        while not self._take(_CLOSING[opening]):
            if not comma:
                self._fail()
            items.append(self.value(levels - 1))
            comma = self._take(",")
        return items[0] if opening == "(" and len(items) == 1 and not comma else items

    def _braces(self, levels: int) -> JsonValue:
        """A dict or a set."""
        self.at += 1
        pairs: dict[str, JsonValue] = {}
        items: list[JsonValue] = []
        comma = True
        while not self._take("}"):
            if not comma:
                self._fail()
            item = self.value(levels - 1)
            if self._take(":"):
                pairs[self._key(item)] = self.value(levels - 1)
            else:
                items.append(item)
            comma = self._take(",")
        if items and pairs:
            self._fail()
        return items or pairs

    def _key(self, value: JsonValue) -> str:
        """The text of a key that is no string, as ``json.dumps`` writes it."""
        if isinstance(value, str):
            return value
        if isinstance(value, bool) or value is None:
            return {True: "true", False: "false", None: "null"}[value]
        if isinstance(value, int | float):
            return str(value)
        self._fail()

    def _enum_member(self, levels: int) -> JsonValue:
        """``<Color.RED: 'red'>`` is its value."""
        self.at += 1
        name = _NAME.match(self.text, self.at)
        if name is None:
            self._fail()
        self.at = name.end()
        self._need(":")
        value = self.value(levels - 1)
        self._need(">")
        return value

    def _named(self, name: str, levels: int) -> JsonValue:
        """A word of the languages, or ``Person(name='Ada')``."""
        self.at += len(name)
        if name in _WORDS:
            return _WORDS[name]
        if not self.text.startswith("(", self.at):
            self._fail()
        self.at += 1
        positional: list[JsonValue] = []
        keywords: dict[str, JsonValue] = {}
        comma = True
        while not self._take(")"):
            if not comma:
                self._fail()
            key = self._keyword()
            if key is None:
                positional.append(self._argument(levels - 1))
            else:
                keywords[key] = self._argument(levels - 1)
            comma = self._take(",")
        try:
            return construct(name, positional, keywords)
        except NotAValue:
            self._fail()

    def _keyword(self) -> str | None:
        """``name=``, passed; None when something else comes."""
        self._space()
        name = _NAME.match(self.text, self.at)
        if name is None or "." in name[0] or not self.text.startswith("=", name.end()):
            return None
        if self.text.startswith("==", name.end()):
            self._fail()
        self.at = name.end() + 1
        return name[0]

    def _argument(self, levels: int) -> JsonValue:
        """A value, or a time zone's name as a string."""
        name = _NAME.match(self.text, self.at)
        if name and name[0] in ("datetime.timezone.utc", "datetime.UTC", "UTC"):
            self.at = name.end()
            return "UTC"
        return self.value(levels)


def _unescape(match: re.Match[str]) -> str:
    two, four, eight, octal, other = cast("tuple[str | None, ...]", match.groups())
    code = two or four or eight
    if code is not None:
        number = int(code, 16)
        return chr(number) if number <= 0x10FFFF else "\ufffd"
    if octal is not None:
        return chr(int(octal, 8))
    kept = other or ""
    return _ESCAPED.get(kept, kept if kept in "\\'\"/" else "\\" + kept)
