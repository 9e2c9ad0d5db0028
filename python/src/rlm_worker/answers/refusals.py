"""How often the model was told of one fault: what it gives again and again it will not put right."""

from __future__ import annotations

import re
from collections import Counter

from .._generated.messages import AnswerProblem

MAX_TOLD = 10
"""Faults that the message of a run's end names."""


class Refusals:
    """Counts the faults of one run's refused answers, by their kind."""

    def __init__(self, most: int | None) -> None:
        """``most``: None, whatever comes is told again."""
        self._most = most
        self._told: Counter[tuple[str, str]] = Counter()

    def hopeless(self, problems: list[AnswerProblem]) -> list[AnswerProblem]:
        """Of the faults of one more refused answer, one of each kind that has come ``most`` times now."""
        kinds = {_kind(problem): problem for problem in reversed(problems) if problem.source != "coverage"}
        self._told.update(kinds.keys())
        if self._most is None:
            return []
        return [problem for kind, problem in reversed(kinds.items()) if self._told[kind] >= self._most]


def _kind(problem: AnswerProblem) -> tuple[str, str]:
    """The place in the shape, whichever item of a list has it; of the answer as a whole, the words."""
    return problem.source, re.sub(r"\[\d+\]", "[]", problem.path) or problem.message
