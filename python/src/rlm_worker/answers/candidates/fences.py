"""Markdown code fences."""

from __future__ import annotations

import re

_MARK = re.compile(r"^[ \t]*+(`{3,}+|~{3,}+)([^\n`]*+)$", re.MULTILINE)


def fenced(text: str) -> list[str]:
    """What stands in each fence, in order. A fence that is not closed reaches to the end, as in a reply cut short."""
    contents: list[str] = []
    opening: re.Match[str] | None = None
    for mark in _MARK.finditer(text):
        if opening is None:
            opening = mark
        elif mark[1].startswith(opening[1]) and not mark[2].strip():
            contents.append(text[opening.end() : mark.start()])
            opening = None
    if opening is not None:
        contents.append(text[opening.end() :])
    return contents
