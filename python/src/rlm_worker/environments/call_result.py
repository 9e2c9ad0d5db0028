"""What became of one prompt of a sub-call, or of one call of a tool."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from rlm.core.types import RLMChatCompletion


@dataclass(frozen=True, slots=True)
class CallResult:
    """``value`` is what the REPL gets; ``calls`` are the model calls that succeeded for it.

    ``failed``: ``value`` is an ``Error: …`` of ours, and not what a model said. ``cut``: at what bound the reply was
    cut, None for a whole one.
    """

    value: Any
    calls: list[RLMChatCompletion] = field(default_factory=list[RLMChatCompletion])
    failed: bool = False

    @property
    def cut(self) -> str | None:
        notes = (cast("dict[str, Any]", vars(call)["metadata"] or {}) for call in self.calls)
        return next((note["cut"] for note in notes if "cut" in note), None)


def failure(message: str) -> CallResult:
    """The convention of the official library: a text, never an exception."""
    return CallResult(f"Error: {message}", failed=True)
