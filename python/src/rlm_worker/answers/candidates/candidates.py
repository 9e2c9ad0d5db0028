"""A model's text read as JSON: every value it may have meant. Nothing in it is ever evaluated."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn, cast

from pydantic import JsonValue

from ...unicode_text import well_formed
from .fences import fenced
from .literals import MAX_LEVELS, Unreadable, read_at, read_whole

MAX_CHARS = 10_000_000
MAX_LOOSE_CHARS = 1_000_000
"""Longer text is read as plain JSON only, whole or in a fence."""

MAX_CANDIDATES = 100

_START = re.compile(r"[{\[]|(?<![\w.])[A-Za-z_][\w.]{0,100}+\(")


def candidates(text: str) -> list[JsonValue]:
    """The JSON values that ``text`` can be read as, likeliest first; none for prose and for more than MAX_CHARS.

    The whole text; when that is no value, or is a string, also what stands in a fence, from the last fence to the
    first, and the objects and arrays within prose, from the last to the first. Each may be JSON or what Python prints
    (see ``literals``). NaN, infinities and nesting beyond MAX_LEVELS are no JSON. The time is linear in the text.

    That a text is also a string, as it stands, is for the caller to add.
    """
    if len(text) > MAX_CHARS:
        return []
    found: dict[str, JsonValue] = {}
    for value in _values(text):
        found.setdefault(json.dumps(value, sort_keys=True), value)
        if len(found) == MAX_CANDIDATES:
            break
    return list(found.values())


def _values(text: str) -> Iterator[JsonValue]:
    whole = _whole(text)
    yield from whole
    for value in whole:
        if not isinstance(value, str):
            return
        yield from _whole(value)
        yield from _within(value)
    yield from _within(text)


def _within(text: str) -> Iterator[JsonValue]:
    for content in reversed(fenced(text)):
        yield from _whole(content)
    if len(text) <= MAX_LOOSE_CHARS:
        yield from reversed(_embedded(text))


def _whole(text: str) -> list[JsonValue]:
    """One value at most."""
    text = text.strip()
    try:
        return [_checked(json.loads(text, strict=False, parse_constant=_refuse))]
    except (ValueError, RecursionError):
        pass
    try:
        return [read_whole(text)] if len(text) <= MAX_LOOSE_CHARS else []
    except Unreadable:
        return []


def _embedded(text: str) -> list[JsonValue]:
    """The objects and arrays of a text, in its order. Failed attempts may cost twice the text's length in all."""
    found: list[JsonValue] = []
    at, allowance = 0, 2 * len(text)
    while allowance >= 0 and (start := _START.search(text, at)):
        at = start.end()
        try:
            value, end = read_at(text, start.start())
            if isinstance(value, dict | list):
                found.append(value)
                at = end
        except Unreadable as failure:
            allowance -= failure.at - start.start()
    return found


def _checked(value: Any, levels: int = MAX_LEVELS) -> JsonValue:
    """A copy with every text well formed. Raises ValueError for what is too deep, and for an infinity."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("infinite")
    if not isinstance(value, dict | list):
        return value
    if levels == 0:
        raise ValueError("too deep")
    if isinstance(value, list):
        return [_checked(item, levels - 1) for item in cast("list[Any]", value)]
    items = cast("dict[str, Any]", value).items()
    return {well_formed(key): _checked(item, levels - 1) for key, item in items}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
