"""What a model is told of its own last response, and when it is not asked again."""

from __future__ import annotations

from rlm.core.types import RLMIteration

from ..clients.base import UnusableReply
from ..clients.finish_reasons import explain
from ..errors import RunError
from ..ledger.calls import CallRecord

MOST_IN_A_ROW = 3
"""Replies of one model, one after the other, that are no answers."""


class UnusableReplies:
    """Counts the replies of one conversation that are no answers, since the last one that was."""

    def __init__(self) -> None:
        self._in_a_row = 0

    def forget(self) -> None:
        """An answer came."""
        self._in_a_row = 0

    def told(self, unusable: UnusableReply) -> str:
        """What the model is told of it.

        Raises:
            RunError: no_usable_reply, for the third in a row.
            UnusableReply: it is not worth telling: it was lost on its way, however often it was tried, or the provider
                says what is wrong, which other words of the model do not mend.
        """
        if unusable.retryable or unusable.code != "no_usable_reply":
            raise unusable
        self._in_a_row += 1
        if self._in_a_row >= MOST_IN_A_ROW:
            raise RunError(
                "no_usable_reply",
                f"{unusable.message} None of the last {MOST_IN_A_ROW} replies is an answer. Ask in other words, use "
                "another model, or raise samplingArgs.maxTokens where replies are empty.",
            )
        reply = unusable.reply
        why = explain(reply.finish_reason, reply.said, reply.text)
        return f"Your last response could not be used: the model {why}. Go on in other words, as text."


def cut_note(reply: CallRecord | None) -> str | None:
    """What the model is told of a response that was cut; None for any other."""
    if reply is None or reply.cut is None:
        return None
    return f"Your last response was cut {reply.cut}: what came after is lost. Give shorter responses."


def cut_sub_calls(made: list[CallRecord]) -> str | None:
    """Of the sub-calls of a code block: how many of their replies were cut, and where; None when none was."""
    cut = [record.cut for record in made if record.cut is not None]
    if not cut:
        return None
    were = "reply of a sub-call was" if len(made) == 1 else "replies of sub-calls were"
    many = f"{len(cut)} of {len(made)} {were} cut {cut[0]}"
    return f"Note: {many}; a text ends there, and a typed reply was asked for again."


def note(iteration: RLMIteration, text: str) -> None:
    """Put what the model is to be told beside the iteration it is about."""
    vars(iteration).setdefault("notes", []).append(text)


def notes_of(iteration: RLMIteration) -> list[str]:
    return list(vars(iteration).get("notes", []))
