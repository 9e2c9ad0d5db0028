"""A response with a fenced block of which nothing was run: one line says why, and what to write."""

from __future__ import annotations

import re
from itertools import pairwise

FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,})[ \t]*([^\s`]*)([^\n`]*)$", re.MULTILINE)

HOW = "Code runs when it stands between a line ```repl and a line ```, neither of them indented."


def unrun_note(response: str, blocks: int) -> str | None:
    """What to tell a model whose response has fences, ``blocks`` of which were run; None when nothing is amiss."""
    fences = list(FENCE.finditer(response))
    if not fences:
        return None
    if blocks == 0:
        return f"Nothing was run: {_reason(fences)}. {HOW}"
    if _cut_by_a_fence(fences):
        how = "Write it without lines that begin with ```, for example as '`' * 3."
        return f"A code block may have been cut, or was never closed: the first line of ``` ends the code. {how}"
    return None


def _reason(fences: list[re.Match[str]]) -> str:
    indent, mark, tag, _ = fences[0].groups()
    if indent:
        return "the code block is indented"
    if mark != "```":
        return f"the code block begins with {mark}"
    if not tag:
        return "the code block has no tag"
    if tag != "repl":
        return f'the code block has the tag "{tag[:20]}"'
    return "the code block is empty" if len(fences) > 1 else "the code block was never closed"


def _cut_by_a_fence(fences: list[re.Match[str]]) -> bool:
    """Whether a block of code holds a fence of its own, or the last one has no end."""
    opened_inside = any(one[3] == "repl" and other[3] and not other[4].strip() for one, other in pairwise(fences))
    return opened_inside or (len(fences) % 2 == 1 and fences[-1][3] == "repl")
