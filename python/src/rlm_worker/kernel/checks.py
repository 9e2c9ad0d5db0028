"""What one field of a message may hold."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, cast

from .answer import MAX_CONTENT_CHARS, MAX_FINAL_CHARS
from .json_values import MAX_WHOLE, is_json_value

Check = Callable[[Any], bool]

MAX_PROMPTS = 100_000
MAX_PROMPT_LEVELS = 20
MAX_VARIABLES = 2_000
MAX_NAME_CHARS = 1_000
"""Of a variable, a tool, a model: what is longer names nothing."""

_MAX_ERROR_CHARS = 1_000_000
_MAX_REASON_CHARS = 10_000
_SHA256 = re.compile("[0-9a-f]{64}")


def is_text(value: Any) -> bool:
    return type(value) is str


def text_or_none(value: Any) -> bool:
    return value is None or type(value) is str


def text_up_to(chars: int) -> Check:
    return lambda value: type(value) is str and len(value) <= chars


def text_up_to_or_none(chars: int) -> Check:
    return lambda value: value is None or (type(value) is str and len(value) <= chars)


def is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MAX_WHOLE


def is_flag(value: Any) -> bool:
    return type(value) is bool


def is_sha256(value: Any) -> bool:
    return type(value) is str and _SHA256.fullmatch(value) is not None


def one_of(*choices: str) -> Check:
    return lambda value: type(value) is str and value in choices


def are_prompts(value: Any) -> bool:
    prompts = _list(value, MAX_PROMPTS)
    return prompts is not None and all(is_prompt(prompt) for prompt in prompts)


def is_prompt(value: Any, levels: int = MAX_PROMPT_LEVELS) -> bool:
    """A text, or messages as JSON can hold them, nested no deeper than any provider takes."""
    if type(value) is float:
        return math.isfinite(value)
    if type(value) not in (list, dict):
        return True
    if levels == 0:
        return False
    items = cast("dict[Any, Any]", value).values() if type(value) is dict else cast("list[Any]", value)
    return all(is_prompt(item, levels - 1) for item in items)


def are_variables(value: Any) -> bool:
    items = _list(value, MAX_VARIABLES)
    return items is not None and all(_is_variable(item) for item in items)


def are_arguments(value: Any) -> bool:
    return type(value) is dict and is_json_value(value)


def _is_variable(value: Any) -> bool:
    fields = _list(value, 3) or []
    return len(fields) == 3 and is_name(fields[0]) and is_flag(fields[1]) and is_name(fields[2])


def _list(value: Any, limit: int) -> list[Any] | None:
    if type(value) is not list:
        return None
    items = cast("list[Any]", value)
    return items if len(items) <= limit else None


is_name = text_up_to(MAX_NAME_CHARS)
is_name_or_none = text_up_to_or_none(MAX_NAME_CHARS)
is_error = text_up_to(_MAX_ERROR_CHARS)
is_reason = text_up_to(_MAX_REASON_CHARS)
is_reason_or_none = text_up_to_or_none(_MAX_REASON_CHARS)
is_final = text_up_to_or_none(MAX_FINAL_CHARS)
is_content = text_up_to_or_none(MAX_CONTENT_CHARS)
