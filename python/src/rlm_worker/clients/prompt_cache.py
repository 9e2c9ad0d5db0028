"""Anthropic's prompt cache: where a request says that its beginning will come again.

The history of an RLM only grows, so what one turn sends is the beginning of what the next one sends. Two breakpoints of
the four that a request may have: one on the system prompt, which survives a compaction and which every child of the
same model shares, and one on the last block of a turn, which the next turn finds within the 20 blocks that the API
looks at, for a turn adds three at most. Writing costs 1.25 times the input price and reading 0.1 times, so nothing is
marked that is not expected to come again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from .messages import Message, text_of

NAMES = ("cache_control", "cacheControl")

EPHEMERAL = {"type": "ephemeral"}
"""Kept for five minutes after the last use."""

GROWING = frozenset({"root", "child"})
"""Roles of a turn: its last block is written to the cache."""

ENDING = frozenset({"compaction", "default_answer"})
"""Roles of a last request of a history: it reads what the turn before it wrote, and writes nothing."""


def caches(role: str, one_shot: bool) -> bool:
    """Whether a request's beginning came before or will come again; a plain sub-call's does neither."""
    return role in GROWING | ENDING and not one_shot


def with_breakpoints(system: str, turns: list[Message], role: str) -> tuple[list[Message], list[Message]]:
    """The system text and the turns as content blocks, with the breakpoints of a role set.

    Joined, the blocks of a message are the text of ``alternating``; apart, none of them changes from turn to turn, even
    where an empty response makes neighbours of two turns' messages.
    """
    blocks = [_block(system, cached=True)] if system else []
    marked = _last_sent(turns) if role in ENDING else len(turns) - 1
    messages: list[Message] = []
    for index, turn in enumerate(turns):
        turn_role, text = str(turn.get("role")), text_of(turn.get("content"))
        if not text.strip():
            continue
        neighbours = bool(messages) and messages[-1]["role"] == turn_role
        block = _block(f"\n\n{text}" if neighbours else text, cached=index == marked)
        if neighbours:
            messages[-1]["content"].append(block)
        else:
            messages.append({"role": turn_role, "content": [block]})
    return blocks, messages


def breakpoints_in(value: Any) -> list[Any]:
    """Every ``cache_control`` that a user's own settings have, at any depth; where there is one, ours stay away."""
    if isinstance(value, Mapping):
        items = cast("Mapping[Any, Any]", value).items()
        return [found for key, item in items for found in ([item] if key in NAMES else breakpoints_in(item))]
    if isinstance(value, list):
        return [found for item in cast("list[Any]", value) for found in breakpoints_in(item)]
    return []


def _last_sent(turns: list[Message]) -> int:
    """Where the turn before this request ended: just before its response. -1 when there was none."""
    responses = (index for index in reversed(range(len(turns))) if turns[index].get("role") == "assistant")
    return next(responses, 0) - 1


def _block(text: str, *, cached: bool) -> Message:
    block: Message = {"type": "text", "text": text}
    return {**block, "cache_control": EPHEMERAL} if cached else block
