"""The formats of JSON Schema that are checked; any other allows everything, as the specification has it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from ipaddress import IPv4Address, IPv6Address

from jsonschema import FormatChecker

from .linear_patterns import check_pattern

MAX_CHARS = 10_000

_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"


def _written_as(pattern: str, check: Callable[[str], object] = str) -> Callable[[object], bool]:
    """A format of texts that match ``pattern`` whole and that ``check`` takes without a ValueError."""
    compiled = re.compile(pattern)

    def is_valid(value: object) -> bool:
        if not isinstance(value, str):
            return True
        if len(value) > MAX_CHARS or not compiled.fullmatch(value):
            return False
        check(value)
        return True

    return is_valid


_FORMATS = {
    "date": _written_as(_DATE, date.fromisoformat),
    "time": _written_as(_TIME, lambda text: datetime.fromisoformat(f"1970-01-01T{text}")),
    "date-time": _written_as(f"{_DATE}[Tt]{_TIME}", datetime.fromisoformat),
    "duration": _written_as(r"P(?!$)([0-9]+[YMWD])*(T([0-9]+(\.[0-9]+)?[HMS])+)?"),
    "email": _written_as(r"[^\s@]{1,64}@[^\s@]{1,255}"),
    "hostname": _written_as(rf"{_LABEL}(\.{_LABEL})*"),
    "ipv4": _written_as("[0-9.]+", IPv4Address),
    "ipv6": _written_as("[0-9a-fA-F:.]+", IPv6Address),
    "uri": _written_as(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+"),
    "uuid": _written_as("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    "regex": _written_as("(?s:.*)", check_pattern),
}

FORMATS = FormatChecker(formats=())
for _name, _is_valid in _FORMATS.items():
    FORMATS.checkers[_name] = (_is_valid, ValueError)
