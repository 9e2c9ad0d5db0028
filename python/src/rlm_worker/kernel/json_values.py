"""JSON values that cross to JavaScript unchanged: what of Python they can be made of, and what they must be."""

from __future__ import annotations

import math
from typing import Any, cast

MAX_LEVELS = 100
"""Lists and dicts within one another."""

MAX_WHOLE = (1 << 53) - 1
"""JavaScript holds no larger whole number exactly."""


NO_KEY = "__proto__"
"""JavaScript has a meaning of its own for it, and readers of JSON leave it out."""


def to_json_value(value: Any, levels: int = MAX_LEVELS) -> Any:
    """A copy of plain JSON types: a tuple becomes a list, a subclass its base.

    Raises TypeError for what JSON does not have, ValueError for a number or a nesting that would not arrive as it is.
    """
    kind = cast("type[Any]", type(value))
    if value is None or kind is bool:
        return value
    if issubclass(kind, str):
        return str.__str__(value)
    if issubclass(kind, int):
        return _whole(int.__int__(value))
    if issubclass(kind, float):
        return _finite(float.__float__(value))
    if not issubclass(kind, (dict, list, tuple)):
        raise TypeError(f"a {kind.__name__} is no JSON value; use str, int, float, bool, None, list or dict")
    if levels == 0:
        raise ValueError(f"more than {MAX_LEVELS} lists and dicts within one another, or one that holds itself")
    if not issubclass(kind, dict):
        return [to_json_value(item, levels - 1) for item in list(value)]
    return {_key(key): to_json_value(item, levels - 1) for key, item in list(cast("dict[Any, Any]", value).items())}


def is_json_value(value: Any, levels: int = MAX_LEVELS) -> bool:
    """Whether a decoded value is as ``to_json_value`` makes them: what comes from the interpreter need not be."""
    kind = cast("type[Any]", type(value))
    if kind is int:
        return abs(value) <= MAX_WHOLE
    if kind is float:
        return math.isfinite(value)
    if kind is not dict and kind is not list:
        return True
    if kind is dict and NO_KEY in value:
        return False
    items = value.values() if kind is dict else value
    return levels > 0 and all(is_json_value(item, levels - 1) for item in items)


def _whole(value: int) -> int:
    if abs(value) > MAX_WHOLE:
        raise ValueError("an int beyond 2**53 - 1 does not stay exact in JSON; pass it as text")
    return value


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{value} is no JSON number")
    return value


def _key(key: Any) -> str:
    kind = cast("type[Any]", type(key))
    if not issubclass(kind, str):
        raise TypeError(f"a {kind.__name__} as the key of a dict; the keys of JSON are str")
    text = str.__str__(key)
    if text == NO_KEY:
        raise ValueError(f"{NO_KEY} is no name that arrives in JavaScript; use another")
    return text
