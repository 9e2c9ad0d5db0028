"""The code blocks of a root model's reply, as the official library finds them, in time that is linear in the reply."""

from __future__ import annotations

import re

_OPENING = "```repl"
_CLOSING = "\n```"
_SPACE = re.compile(r"\s*+")


def find_code_blocks(text: str) -> list[str]:
    r"""What ``re.findall(r"```repl\s*\n(.*?)\n```", text, re.DOTALL)`` finds, each stripped: that pattern takes the
    square of the number of newlines after an opening, or of openings that nothing closes."""
    blocks: list[str] = []
    last_closing = text.rfind(_CLOSING)
    at = text.find(_OPENING)
    while at != -1:
        found = _block(text, at + len(_OPENING), last_closing)
        if found is None:
            at = text.find(_OPENING, at + 1)
        else:
            block, end = found
            blocks.append(block.strip())
            at = text.find(_OPENING, end)
    return blocks


def _block(text: str, opened: int, last_closing: int) -> tuple[str, int] | None:
    """The content of a block, and where the text goes on behind it."""
    space = _SPACE.match(text, opened)
    assert space is not None
    last_line = text.rfind("\n", opened, space.end())
    if last_line == -1:
        return None
    # The space before the content reaches as far as it can, as long as a closing follows.
    begin = last_line + 1
    if begin <= last_closing:
        closing = text.find(_CLOSING, begin)
        return text[begin:closing], closing + len(_CLOSING)
    # A block of nothing but space: its last newline is the closing's, and an earlier one ends the opening's line.
    is_closed = text.startswith(_CLOSING, last_line) and text.find("\n", opened, last_line) != -1
    return ("", last_line + len(_CLOSING)) if is_closed else None
