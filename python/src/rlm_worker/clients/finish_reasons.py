"""How a reply ended, in one vocabulary over all providers."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Literal, get_args

FinishReason = Literal["stop", "length", "refused", "empty", "broken", "unsupported"]

AS_SAID: dict[str, FinishReason] = {reason: reason for reason in get_args(FinishReason)}
"""The meanings of our own words, which a function of the host uses."""

BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols that show nothing: Hangul fillers, and the Braille pattern without a dot."""


def finish_reason(
    word: str, meanings: Mapping[str, FinishReason], text: str, other: FinishReason = "stop"
) -> FinishReason:
    """What a provider's own word means beside the text that came with it.

    Args:
        meanings: by word in lower case.
        other: what a word that is not among them means.
    """
    meaning = meanings.get(word.lower(), other)
    # A bound that was reached before the first word (reasoning took it all) leaves nothing that was cut.
    return "empty" if meaning in ("stop", "length") and not has_text(text) else meaning


def has_text(text: str) -> bool:
    """Whether anything of it shows: white space, controls and marks of format of every kind do not."""
    return any(unicodedata.category(char)[0] not in "ZC" and char not in BLANKS for char in text)
