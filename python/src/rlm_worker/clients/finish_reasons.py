"""How a reply ended, in one vocabulary over all providers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal, get_args

FinishReason = Literal["stop", "length", "refused", "empty", "broken", "unsupported"]

AS_SAID: dict[str, FinishReason] = {reason: reason for reason in get_args(FinishReason)}
"""The meanings of our own words, which a function of the host uses."""

ANSWERS: frozenset[FinishReason] = frozenset({"stop", "length"})
"""The ends of a reply that is an answer, whole or cut; every other is a failed call."""

EXPLANATIONS: dict[FinishReason, str] = {
    "refused": "refused to answer, or was stopped by a filter",
    "empty": "answered without any text",
    "broken": "broke off before the end of its answer",
    "unsupported": "asked for a tool or a pause, which is not offered",
}

UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cf", "Cn"})
"""Categories of characters that show nothing, white space aside. Surrogates are halves of what does."""

SEEN = re.compile("[!-~]")
"""A character that certainly shows: most texts begin with one."""

SAID_CHARS = 300

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


def explain(reason: FinishReason, said: str, text: str) -> str:
    """Why a reply is no answer, to follow the name of who gave it.

    Args:
        said: the provider's own word for its end, or what went wrong.
        text: what the reply says all the same.
    """
    word = f" ({said})" if said else ""
    quoted = " ".join(text.split())[:SAID_CHARS]
    return f"{EXPLANATIONS[reason]}{word}" + (f': "{quoted}"' if quoted and reason == "refused" else "")


def has_text(text: str) -> bool:
    """Whether anything of it shows: white space and marks of format of every kind do not."""
    if SEEN.search(text):
        return True
    blank = (char.isspace() or char in BLANKS or unicodedata.category(char) in UNSEEN for char in text)
    return not all(blank)
