"""Where in a run an effect belongs, and by what it is known again when the run's code runs again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple, TypedDict


class WirePlace(TypedDict):
    node: str
    iteration: int
    codeBlock: int


class Place(NamedTuple):
    """The node, its iteration from 1 (0: before the first), and the code block from 0 (0, too, outside of one)."""

    node: str
    iteration: int
    code_block: int

    def to_wire(self) -> WirePlace:
        return {"node": self.node, "iteration": self.iteration, "codeBlock": self.code_block}


KEY_CHARS = 32
"""Of a hash: 128 bits tell what one code block asks apart, and a key stands in the journal with every effect."""

TURN = re.compile(r"^(Turn \d+)/\d+:", re.MULTILINE)
"""How the official library tells a model its turn, of how many (``USER_PROMPT`` in ``rlm/utils/prompts.py``)."""


def but_for_limits(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is asked by a prompt, however many turns there may be: a run that goes on may have more."""
    return [{**message, "content": _but_for_limits(message.get("content"))} for message in messages]


def _but_for_limits(content: Any) -> Any:
    return TURN.sub(r"\1:", content) if isinstance(content, str) else content


def key_of(*asked: Any) -> str:
    """A hash of what was asked: of its texts as they are, and of nothing that changes from life to life."""
    text = json.dumps(asked, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_CHARS]
