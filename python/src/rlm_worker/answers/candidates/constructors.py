"""What ``Name(...)`` in a repr stands for in JSON."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from pydantic import JsonValue

_EMPTY_COLLECTIONS = frozenset({"set", "frozenset", "list", "tuple", "deque"})
_MOMENTS: dict[str, Any] = {"date": datetime.date, "datetime": datetime.datetime, "time": datetime.time}


class NotAValue(Exception):
    """A name with arguments that mean nothing to us."""


def construct(name: str, positional: list[JsonValue], keywords: dict[str, JsonValue]) -> JsonValue:
    """Dates and times as ISO 8601, a Decimal as a number, a record (keywords only) as an object, and anything with one
    argument (``UUID('…')``, ``PosixPath('…')``, ``float64(1.5)``, ``frozenset({…})``) as that argument.

    Raises NotAValue.
    """
    kind = name.rpartition(".")[2]
    try:
        if kind in _MOMENTS and positional:
            return _moment(_MOMENTS[kind], positional, keywords)
        if kind == "timedelta":
            return _duration(datetime.timedelta(*_numbers(positional), **_numbers_by_name(keywords)))
        if kind == "Decimal" and len(positional) == 1 and not keywords:
            return _number(Decimal(str(positional[0])))
    except (ValueError, OverflowError, TypeError, InvalidOperation):
        raise NotAValue from None
    if keywords and not positional:
        return keywords
    if len(positional) == 1 and not keywords:
        return positional[0]
    if not positional and kind in _EMPTY_COLLECTIONS:
        return []
    raise NotAValue


def _moment(kind: Any, positional: list[JsonValue], keywords: dict[str, JsonValue]) -> str:
    others = dict(keywords)
    zone = others.pop("tzinfo", None)
    if zone not in (None, "UTC", 0) or not all(type(item) is int for item in [*positional, *others.values()]):
        raise NotAValue
    text: str = kind(*positional, **others).isoformat()
    return text if zone is None else text + "Z"


def _duration(value: datetime.timedelta) -> str:
    """ISO 8601, as pydantic writes it but for the choice of units."""
    seconds = Decimal(value // datetime.timedelta(microseconds=1)) / 1_000_000
    return f"{'-' if seconds < 0 else ''}PT{abs(seconds).normalize():f}S"


def _number(value: Decimal) -> int | float:
    if not value.is_finite() or abs(value.adjusted()) > 300:
        raise NotAValue
    number = int(value) if value == value.to_integral_value() else float(value)
    if not math.isfinite(number):
        raise NotAValue
    return number


def _numbers(values: list[JsonValue]) -> list[Any]:
    if not all(type(value) in (int, float) for value in values):
        raise NotAValue
    return cast("list[Any]", values)


def _numbers_by_name(values: dict[str, JsonValue]) -> dict[str, Any]:
    _numbers(list(values.values()))
    return cast("dict[str, Any]", values)
