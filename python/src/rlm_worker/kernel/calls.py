"""Calls of models and host tools on their way: the interpreter has its ids, the worker sees ours, a reply reaches only
who asked."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from .messages import Request

if TYPE_CHECKING:
    from .messages import ToolCall

MAX_OUTSTANDING = 4096
MAX_OUTSTANDING_BYTES = 64 << 20
"""Of all that are under way; one alone may be as large as a message can."""


class OutstandingCalls:
    """Cleared when an interpreter dies, so that a late reply can never reach its successor."""

    def __init__(self) -> None:
        self._ids = count(1)
        self._asked: dict[int, tuple[int, int | None, int]] = {}
        self._bytes = 0

    def __bool__(self) -> bool:
        return bool(self._asked)

    def admit(self, request: Request | ToolCall, size: int) -> int | None:
        """Our id for the request, or None when too much is under way."""
        if len(self._asked) >= MAX_OUTSTANDING or (self._asked and self._bytes + size > MAX_OUTSTANDING_BYTES):
            return None
        ours = next(self._ids)
        self._asked[ours] = (request.id, _prompts(request), size)
        self._bytes += size
        return ours

    def settle(self, ours: int, results: list[Any]) -> dict[str, Any] | None:
        """The reply as the interpreter knows it; None when nobody waits for it any more."""
        asked = self._asked.pop(ours, None)
        if asked is None:
            return None
        theirs, prompts, size = asked
        self._bytes -= size
        if len(results) != (1 if prompts is None else prompts):
            results = _failures(prompts, "the worker gave the wrong number of results")
        return {"type": "reply", "id": theirs, "results": results}

    def clear(self) -> None:
        self._asked.clear()
        self._bytes = 0


def refused(request: Request | ToolCall, reason: str) -> list[Any]:
    """The results of a request that is not served."""
    return _failures(_prompts(request), reason)


def _prompts(request: Request | ToolCall) -> int | None:
    """How many a sub-call has; None for a call of a tool."""
    return len(request.prompts) if isinstance(request, Request) else None


def _failures(prompts: int | None, message: str) -> list[Any]:
    return [{"error": message}] if prompts is None else [f"Error: {message}"] * prompts
