"""Code blocks are those of the official library, found in linear time."""

from __future__ import annotations

import random

import pytest
from rlm.utils.parsing import find_code_blocks as official

from rlm_worker.loop.code_blocks import find_code_blocks
from rlm_worker.loop.tree import prose

FENCES = ["```repl", "```", "\n```", "```python", "`", "repl"]
SPACES = ["\n", "\n\n", " ", "\t", "\r\n", "\x0b", "\u2028", "\x85", "x"]
LONG = 2_000_000
HOSTILE: dict[str, tuple[str, int]] = {
    "newlines in a block": ("```repl" + "\n" * LONG + "print(1)\n```", 1),
    "newlines that nothing closes": ("```repl" + "\n" * LONG, 0),
    "newlines before words": ("```repl" + "\n" * LONG + "and no more", 0),
    "spaces": ("```repl" + " " * LONG + "\n", 0),
    "openings that nothing closes": ("```repl\nx " * 200_000, 0),
    "openings of no line": ("```repl" * 200_000, 0),
    "closings": ("\n```" * 200_000, 0),
    "blocks": ("```repl\nx\n```\n" * 100_000, 100_000),
    "backticks": ("`" * LONG, 0),
}


def test_they_are_those_of_the_official_library() -> None:
    chosen = random.Random(7)
    for _ in range(60_000):
        text = "".join(chosen.choices(FENCES + SPACES, k=chosen.randrange(1, 14)))
        assert find_code_blocks(text) == official(text), repr(text)


@pytest.mark.parametrize(("text", "blocks"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_reply_is_read_to_its_end(text: str, blocks: int) -> None:
    """Of which the official pattern would take the square: hours."""
    assert len(find_code_blocks(text)) == blocks
    assert len(prose(text)) <= len(text)
