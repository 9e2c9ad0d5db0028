"""What the worker learns of the REPL's variables: names, and short texts that never call code of the model."""

from __future__ import annotations

from typing import Any, cast

from .checks import MAX_VARIABLES

MAX_SHOWN_CHARS = 200
_MAX_NAME_CHARS = 200
_MAX_ITEMS = 8
_MAX_DEPTH = 2
_MAX_INT_BITS = 512
_SIMPLE = (str, int, float, bool, list, dict, tuple)


def describe_variables(namespace: dict[str, Any], hidden: frozenset[str]) -> list[list[Any]]:
    """``[name, is of a simple type, short text]`` in order of creation; names starting with ``_`` and ``hidden`` ones
    left out."""
    return [
        [name[:_MAX_NAME_CHARS], issubclass(type(value), _SIMPLE), shorten(value)]
        for name, value in visible(namespace, hidden)[:MAX_VARIABLES]
    ]


def visible(namespace: dict[str, Any], hidden: frozenset[str]) -> list[tuple[str, Any]]:
    return [
        (name, value)
        for name, value in list(namespace.items())
        if type(name) is str and not name.startswith("_") and name not in hidden
    ]


def shorten(value: Any) -> str:
    """At most MAX_SHOWN_CHARS characters, at a cost that does not grow with the value."""
    try:
        text = _text(value, _MAX_DEPTH)
    except BaseException:  # names of classes can be code too
        text = "<a value that cannot be shown>"
    return text if len(text) <= MAX_SHOWN_CHARS else text[: MAX_SHOWN_CHARS - 3] + "..."


def _text(value: Any, depth: int) -> str:
    kind = cast("type[Any]", type(value))
    if kind is str or kind is bytes:
        return repr(value[:MAX_SHOWN_CHARS])
    if kind is int and value.bit_length() > _MAX_INT_BITS:
        return f"<int of {value.bit_length()} bits>"
    if value is None or kind in (bool, int, float, complex):
        return repr(value)
    if kind in (list, tuple, set, frozenset, dict):
        return _collection(value, kind, depth)
    name = getattr(value, "__name__", None) if kind.__module__ == "builtins" else None
    return f"<{kind.__name__} {name!r}>" if type(name) is str else f"<{kind.__name__} object>"


def _collection(value: Any, kind: type[Any], depth: int) -> str:
    size = len(value)
    if depth == 0:
        return f"<{kind.__name__} of {size}>"
    items: list[str] = []
    for item in value:
        if len(items) == _MAX_ITEMS:
            items.append("...")
            break
        text = _text(item, depth - 1)
        items.append(f"{text}: {_text(value[item], depth - 1)}" if kind is dict and type(item) is str else text)
    inside = ", ".join(items)
    if kind is list:
        return f"[{inside}]"
    if kind is tuple:
        return f"({inside},)" if size == 1 else f"({inside})"
    return f"{{{inside}}}" if kind is dict or kind is set else f"frozenset({{{inside}}})"
