"""What is kept of a sub-call for the official log: prompts carry slices of the context, and a block may ask many."""

from __future__ import annotations

import math
import reprlib
from dataclasses import replace
from typing import Any

from rlm.core.types import RLMChatCompletion

from ..wire.events import cut

SUB_CALL_CHARS = 2_000
"""Of each prompt and response of a sub-call."""
VALUE_CHARS = 200
"""Of the value of a REPL variable."""


def as_logged(call: RLMChatCompletion) -> RLMChatCompletion:
    """The call with as much of its texts as the log has; itself, when it has no more."""
    prompt: Any = call.prompt
    if isinstance(prompt, str) and len(prompt) <= SUB_CALL_CHARS and len(call.response) <= SUB_CALL_CHARS:
        return call
    shown = cut(prompt if isinstance(prompt, str) else str(short_value(prompt)), SUB_CALL_CHARS)
    return replace(call, prompt=shown, response=cut(call.response, SUB_CALL_CHARS))


_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = VALUE_CHARS


def short_value(value: Any) -> Any:
    """A JSON value of a REPL variable: simple ones as they are, texts cut, everything else as a short repr."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return cut(value, VALUE_CHARS)
    try:
        return cut(_short.repr(value), VALUE_CHARS)
    except Exception:  # a repr may be anybody's code, and Python refuses to write long integers
        return f"<{type(value).__name__}>"
