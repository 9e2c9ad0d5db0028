"""What a value of an option must be, in words that end the sentence "<name> must …"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ..errors import RunError

MOST_SECONDS = 7 * 86_400
MOST_BYTES = 1 << 31


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value must be; ``words`` end the sentence "<name> must …"."""

    words: str
    allows: Callable[[Any], bool]


def _is_carried(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?", value) is not None


def _is_amount(most: float) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= most


def _holds(*types: type) -> Callable[[Any], bool]:
    """Whether a value is an object of such values."""
    return lambda value: (
        isinstance(value, Mapping)
        and all(isinstance(item, types) for item in cast("Mapping[str, Any]", value).values())
    )


TEXT = Rule("be a text of ASCII letters, without line breaks or blanks around it", _is_carried)
URL = Rule(
    "be an http or https URL without blanks",
    lambda value: isinstance(value, str) and re.fullmatch(r"https?://[^/?#\s]+(?:[/?#]\S*)?", value) is not None,
)
FLAG = Rule("be true or false", lambda value: isinstance(value, bool))
COUNT = Rule("be a whole number above 0", lambda value: type(value) is int and value > 0)
TEXTS = Rule(
    "be a list of such texts: ASCII, without line breaks or blanks around them",
    lambda value: isinstance(value, list) and all(map(_is_carried, cast("list[Any]", value))),
)
HEADERS = Rule("be an object of texts", _holds(str))
QUERY = Rule("be an object of texts, numbers and truth values", _holds(str, int, float))
TEXT_OR_TEXTS = Rule("be a text, or an object of texts", lambda value: _is_carried(value) or HEADERS.allows(value))
TEXT_OR_OBJECT = Rule("be a text, or an object", lambda value: _is_carried(value) or isinstance(value, Mapping))
SECONDS = Rule(f"be a number of seconds above 0 and at most {MOST_SECONDS:,}", _is_amount(MOST_SECONDS))
BYTES = Rule(f"be a number of bytes above 0 and at most {MOST_BYTES:,}", _is_amount(MOST_BYTES))

OBJECT = Rule("be an object", lambda value: isinstance(value, Mapping))


def require(option: str, rule: Rule, value: Any) -> None:
    """Raises RunError invalid_setting, which begins with the option's name and does not hold its value."""
    if not rule.allows(value):
        raise rejected(f"{option} must {rule.words}.")
    if rule is HEADERS:
        _check_headers(option, value)


def rejected(message: str) -> RunError:
    """The error for a setting that cannot be used; the message begins with its name."""
    return RunError("invalid_setting", message)


def _check_headers(option: str, headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not (value == "" or _is_carried(value)) or not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", name, re.ASCII):
            raise rejected(f"{option}: '{name}' is no header that HTTP carries: check its blanks.")
