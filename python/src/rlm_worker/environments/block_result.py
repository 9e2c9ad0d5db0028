"""What a code block gave, in the official library's form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from rlm.core.types import REPLResult, RLMChatCompletion

from ..unicode_text import well_formed
from .launcher import ReplStyle

BlockStatus = Literal["ok", "error", "timed_out", "interpreter_died"]


class Unlisted:
    """A variable that the official formatting does not name to the model: it is of no simple type."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


class BlockResult(REPLResult):
    """``locals`` holds short texts, never values.

    In ``docker`` it has one of every variable; in ``local`` those of no simple type are wrapped, so that
    ``format_execution_result`` names the same variables as for the official environment.

    Attributes:
        lost_before: variables had been lost since the code block before this one; ``lost_within``: in this one.
    """

    status: BlockStatus

    def __init__(
        self,
        *,
        stdout: str,
        stderr: str,
        variables: Iterable[tuple[str, bool, str]],
        repl_style: ReplStyle,
        execution_time: float,
        rlm_calls: list[RLMChatCompletion],
        final_answer: str | None,
        status: BlockStatus,
        lost_before: bool = False,
        lost_within: bool = False,
    ) -> None:
        shown: dict[str, Any] = {
            well_formed(name): text if simple or repl_style == "docker" else Unlisted(text)
            for name, simple, text in variables
        }
        self.stdout = stdout
        self.stderr = stderr
        self.locals = shown
        self.execution_time = execution_time
        self.rlm_calls = rlm_calls
        self.final_answer = final_answer
        self.status = status
        self.lost_before = lost_before
        self.lost_within = lost_within
