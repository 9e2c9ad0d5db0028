"""The texts of a JSON value, wherever in it they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

Change = Callable[[str], str]


def with_texts(value: Any, change: Change, name: Change | None = None) -> Any:
    """A copy in which every text is what ``change`` makes of it, and every name of a field what ``name`` does; without
    one, names stay. Tuples become lists."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {key if name is None else name(key): with_texts(item, change, name) for key, item in items}
    if isinstance(value, list | tuple):
        return [with_texts(item, change, name) for item in cast("list[Any]", value)]
    return value
