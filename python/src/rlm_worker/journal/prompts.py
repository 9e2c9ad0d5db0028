"""The prompts of a node's own turns, each as what is new in it: a conversation is told once, not with every turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .recorded import OWN_TURNS

if TYPE_CHECKING:
    from .._generated import outgoing as out

Messages = list[dict[str, Any]]


class Prompts:
    """Remembers the last conversation of each node and role. Not thread-safe: its order is that of the journal."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], Messages] = {}

    def what_is_new(self, node: str, role: str, messages: Messages) -> out.Prompt:
        if role not in OWN_TURNS:
            return {"kept": 0, "messages": messages}
        last = self._last.get((node, role), [])
        self._last[node, role] = messages
        kept = _common(last, messages)
        return {"kept": kept, "messages": messages[kept:]}


def _common(one: Messages, other: Messages) -> int:
    """How many messages at the beginning are the same."""
    most = min(len(one), len(other))
    return next((index for index in range(most) if one[index] != other[index]), most)
