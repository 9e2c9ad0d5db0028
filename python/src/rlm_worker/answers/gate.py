"""Whether an answer of the root is taken: what the host and the coverage say of it when it is given."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, cast

from pydantic import JsonValue
from rlm.core.types import REPLResult

from .._generated.constants import MAX_ANSWER_CHARS, MAX_LINE_BYTES
from .._generated.messages import AnswerProblem, AnswerSpec
from ..journal.journal import Journal
from ..journal.places import Place, key_of
from ..json_bytes import to_json
from ..wire.host_requests import HostRequests
from ..wire.redaction import Redactor
from .candidates.candidates import candidates
from .refusals import Refusals

if TYPE_CHECKING:
    from .._generated import outgoing as out
    from .._generated.messages import AnswerResult

MAX_TYPED_CHARS = 2_000_000
"""Of an answer with a schema. A validator makes an object of every fault, and all of an answer may be at fault."""

ENVELOPE_BYTES = 4096
"""What a request needs beside the answer and its candidates."""


class MeasuresCoverage(Protocol):
    def problems(self, required: float) -> list[out.AnswerProblem]:
        """Why what was read of the context is less than the fraction ``required``, as the wire has it, or nothing."""
        ...


@dataclass(frozen=True)
class Refusal:
    """An answer that was given and not taken, and why.

    Attributes:
        hopeless: what of it was told as often as the run allows.
    """

    answer: str
    problems: list[AnswerProblem]
    hopeless: list[AnswerProblem] = field(default_factory=list[AnswerProblem])

    @property
    def message(self) -> str:
        """What the model is told of the problems."""
        reasons = "\n".join(f"- {reason}" for reason in self.reasons)
        again = 'Put that right, then set `answer["content"]` and `answer["ready"] = True` again.'
        return f"Your answer was not accepted:\n{reasons}\n{again}"

    @property
    def reasons(self) -> list[str]:
        return told(self.problems)

    @property
    def code(self) -> Literal["insufficient_coverage", "invalid_answer"]:
        """The code of a run that ends with this refusal."""
        unread_alone = all(problem.source == "coverage" for problem in self.problems)
        return "insufficient_coverage" if unread_alone else "invalid_answer"


class AnswerGate:
    """Judges the answers of one run, by what its spec asks of them."""

    def __init__(
        self,
        spec: AnswerSpec,
        host: HostRequests,
        redact: Redactor,
        coverage: MeasuresCoverage,
        journal: Journal,
        place: Callable[[], Place],
        max_refusals: int | None = None,
    ) -> None:
        """``place``: where in the run an answer is given. ``max_refusals``: with one fault, at most."""
        self._spec = spec
        self._host = host
        self._redact = redact
        self._coverage = coverage
        self._journal = journal
        self._place = place
        self._refusals = Refusals(max_refusals)

    def judge(self, text: str) -> Refusal | None:
        """Waits for the host's check. None: the answer is taken. Raises RunStopped."""
        problems = self.problems(text)
        return Refusal(text, problems, self._refusals.hopeless(problems)) if problems else None

    def problems(self, text: str) -> list[AnswerProblem]:
        """All that is wrong with an answer, of whatever source. Raises RunStopped."""
        return [*self._judged_by_host(self._redact(text)), *self._unread()]

    def _judged_by_host(self, text: str) -> list[AnswerProblem]:
        if not self._spec.check:
            return []
        typed = self._spec.schema_ is not None
        most = MAX_TYPED_CHARS if typed else MAX_ANSWER_CHARS
        units = len(text.encode("utf-16-le", "surrogatepass")) // 2
        if units > most:
            too_long = f"it has {units:,} characters, of at most {most:,}; give a shorter one"
            return [AnswerProblem(source="schema" if typed else "validate", path="", message=too_long)]
        place, key = self._place(), key_of("answer", text)
        known = self._journal.verdict(place, key, text)
        if known is not None:
            return known.problems
        self._journal.refuse_new()
        found = candidates(text) if typed else []
        sent = list(_fitting(text, filter(_is_finite, found)))
        result = self._host.ask(
            {"type": "answer.check", **place.to_wire(), "key": key, "text": text, "candidates": sent}
        )
        return cast("AnswerResult", result).problems

    def _unread(self) -> list[AnswerProblem]:
        required = self._spec.require_coverage
        if required is None:
            return []
        return [AnswerProblem.model_validate(problem) for problem in self._coverage.problems(required)]


def told(problems: Iterable[AnswerProblem]) -> list[str]:
    """Each problem in one line, with its path where it has one."""
    return [f"{problem.path}: {problem.message}" if problem.path else problem.message for problem in problems]


def take_back(result: REPLResult, refusal: Refusal) -> None:
    """The answer of a code block is none any more."""
    result.final_answer = None
    vars(result)["refusal"] = refusal


def refusal_of(result: REPLResult) -> Refusal | None:
    return vars(result).get("refusal")


def _is_finite(value: JsonValue) -> bool:
    """For the host, which reads every number as a double: a wider integer would reach it as an infinity."""
    if isinstance(value, list):
        return all(map(_is_finite, value))
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    return not isinstance(value, int) or abs(value) <= sys.float_info.max


def _fitting(text: str, found: Iterable[JsonValue]) -> Iterator[JsonValue]:
    """The candidates that fit into one line beside the text, the likeliest first."""
    room = MAX_LINE_BYTES - ENVELOPE_BYTES - len(to_json(text))
    for candidate in found:
        room -= len(to_json(candidate)) + 1
        if room < 0:
            return
        yield candidate
