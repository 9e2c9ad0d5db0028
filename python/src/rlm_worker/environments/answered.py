"""What became of one prompt of a sub-call, or of one call of a tool."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rlm.core.types import RLMChatCompletion


@dataclass(frozen=True, slots=True)
class Answered:
    """``result`` is what the REPL gets; ``calls`` are the model calls that succeeded for it.

    ``failed``: ``result`` is an ``Error: …`` of ours, and not what a model said.
    """

    result: Any
    calls: list[RLMChatCompletion] = field(default_factory=list[RLMChatCompletion])
    failed: bool = False


def failure(message: str) -> Answered:
    """The convention of the official library: a text, never an exception."""
    return Answered(f"Error: {message}", failed=True)
