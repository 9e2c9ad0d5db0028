"""Where what a resumed run asks begins to differ from what its journal has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

EXCERPT_CHARS = 80


def difference(recorded: Sequence[dict[str, Any]], now: Sequence[dict[str, Any]]) -> tuple[str, str]:
    """The first message that differs, from a little before the place on, as it was and as it is."""
    index = next((i for i, (one, other) in enumerate(zip(recorded, now, strict=False)) if one != other), None)
    if index is None:
        index = min(len(recorded), len(now))
    return _excerpts(index, _text(recorded, index), _text(now, index))


def _excerpts(index: int, recorded: str, now: str) -> tuple[str, str]:
    at = next((i for i, (a, b) in enumerate(zip(recorded, now, strict=False)) if a != b), min(len(recorded), len(now)))
    begin = max(0, at - EXCERPT_CHARS // 2)
    where = f"message {index}, character {at}: "
    return where + _excerpt(recorded, begin), where + _excerpt(now, begin)


def _excerpt(text: str, begin: int) -> str:
    cut = text[begin : begin + EXCERPT_CHARS]
    return f"{'…' if begin else ''}{cut}{'…' if len(text) > begin + EXCERPT_CHARS else ''}"


def _text(messages: Sequence[dict[str, Any]], index: int) -> str:
    if index >= len(messages):
        return ""
    message = messages[index]
    return f"{message.get('role')}: {message.get('content')}"
