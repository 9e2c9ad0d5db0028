"""Where in a run an effect belongs, and by what it is known again when the run's code runs again."""

from __future__ import annotations

import hashlib
import json
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


def key_of(*asked: Any) -> str:
    """A hash of what was asked: of its texts as they are, and of nothing that changes from life to life."""
    text = json.dumps(asked, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
