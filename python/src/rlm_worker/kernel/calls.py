"""Sub-calls on their way: the interpreter has its ids, the worker sees ours, a reply reaches only who asked."""

from __future__ import annotations

from itertools import count
from typing import Any

MAX_OUTSTANDING = 4096
MAX_OUTSTANDING_BYTES = 256 << 20


class OutstandingCalls:
    """Cleared when an interpreter dies, so that a late reply can never reach its successor."""

    def __init__(self) -> None:
        self._ids = count(1)
        self._asked: dict[int, tuple[int, int, int]] = {}
        self._bytes = 0

    def __bool__(self) -> bool:
        return bool(self._asked)

    def admit(self, request: dict[str, Any], size: int) -> int | None:
        """Our id for the request, or None when too much is under way."""
        if len(self._asked) >= MAX_OUTSTANDING or self._bytes + size > MAX_OUTSTANDING_BYTES:
            return None
        ours = next(self._ids)
        self._asked[ours] = (request["id"], len(request["prompts"]), size)
        self._bytes += size
        return ours

    def settle(self, ours: int, results: list[str]) -> dict[str, Any] | None:
        """The reply as the interpreter knows it; None when nobody waits for it any more."""
        asked = self._asked.pop(ours, None)
        if asked is None:
            return None
        theirs, wanted, size = asked
        self._bytes -= size
        if len(results) != wanted:
            results = ["Error: the worker gave the wrong number of results"] * wanted
        return {"type": "reply", "id": theirs, "results": results}

    def clear(self) -> None:
        self._asked.clear()
        self._bytes = 0


def refusal(request: dict[str, Any]) -> dict[str, Any]:
    results = ["Error: too many sub-calls are under way at once"] * len(request["prompts"])
    return {"type": "reply", "id": request["id"], "results": results}
