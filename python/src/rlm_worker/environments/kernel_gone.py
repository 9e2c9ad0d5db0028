"""A kernel that is gone, in words."""

from __future__ import annotations

from ..errors import EnvironmentFailure
from ..system_limits import CODE, limit_in_words

LAST_WORDS_CHARS = 1000


def kernel_gone(reason: str, last_words: str) -> EnvironmentFailure:
    """``last_words``: what it wrote to its standard error; a limit of the system that they tell of is named."""
    told = f"; its last words: {last_words[-LAST_WORDS_CHARS:]}" if last_words else ""
    message = f"the REPL is gone: {reason}{told}"
    advice = limit_in_words(last_words)
    if advice is not None:
        return EnvironmentFailure(CODE, f"{message}. {advice}")
    return EnvironmentFailure("environment_died", message)
