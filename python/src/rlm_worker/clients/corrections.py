"""Putting right what one call got wrong about its model, as the refusal says, once for each thing."""

from __future__ import annotations

from typing import Any

from .dialects import SaidLimits
from .learned import Learned
from .messages import text_of
from .token_count import count_tokens

LEAST_ROOM = 64
"""An answer with less room than this, where more was wanted, is none: the prompt is too long."""

FRAME_TOKENS = 8
"""A message's role and separators."""


class Corrections:
    """What the attempts at one call have to do otherwise."""

    def __init__(self, learned: Learned, limit_names: tuple[str, ...]) -> None:
        self._learned = learned
        self._limit_names = limit_names
        self._room: int | None = None
        self._made: set[str] = set()

    def bounded(self, wanted: int | None, messages: list[dict[str, Any]]) -> int | None:
        """What is wanted, or what room the window leaves, by the provider's count of the prompt or else by ours."""
        if wanted is None:
            return None
        if self._room is not None:
            return min(wanted, self._room)
        window = self._learned.context_window
        if window is None or not self._learned.window_holds_answer:
            return wanted
        texts = [text_of(message.get("content")) for message in messages]
        room = window - count_tokens(texts, window) - FRAME_TOKENS * len(messages)
        return min(wanted, room) if room >= LEAST_ROOM else wanted

    def correct(self, said: SaidLimits | None, bound: int | None) -> bool:
        """Whether the call, asked again with ``bounded``, has what the provider wants."""
        if said is None:
            return False
        self._learned.learn(said)
        if said.limit_name is not None:
            return bound is not None and self._limit_names != (said.limit_name,) and self._first("name")
        if said.output_limit is not None:
            return bound is not None and bound > said.output_limit and self._first("limit")
        if bound is None or said.window is None or said.prompt_tokens is None:
            return False
        room = said.window - said.prompt_tokens
        if not min(bound, LEAST_ROOM) <= room < bound:
            return False
        self._room, self._learned.window_holds_answer = room, True
        return self._first("room")

    def _first(self, kind: str) -> bool:
        first = kind not in self._made
        self._made.add(kind)
        return first
