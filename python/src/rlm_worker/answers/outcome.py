"""How a run ends: from whatever unwound it to one literal code, a stop reason and a message."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING, NamedTuple

from rlm.utils.exceptions import ErrorThresholdExceededError

from .._generated.constants import MAX_ANSWER_CHARS
from ..cancel import RunStopped
from ..errors import RunError
from ..system_limits import as_limit
from .gate import Refusal, told
from .refusals import MAX_TOLD

if TYPE_CHECKING:
    from .._generated.outgoing import RunErrorCode, StopReason

STOP_REASONS: dict[RunErrorCode, StopReason | None] = {
    "cancelled": None,
    "max_iterations": "max_iterations",
    "budget_exceeded": "budget",
    "duration_exceeded": "duration",
    "token_limit_exceeded": "tokens",
    "error_threshold_exceeded": "errors",
    "authentication_failed": "provider_error",
    "model_not_found": "provider_error",
    "rate_limited": "provider_error",
    "provider_unreachable": "provider_error",
    "provider_rejected_request": "provider_error",
    "provider_error": "provider_error",
    "no_usable_reply": "provider_error",
    "no_credit": "provider_error",
    "access_denied": "provider_error",
    "content_refused": "provider_error",
    "certificate_error": "provider_error",
    "invalid_setting": "provider_error",
    "context_too_long": "provider_error",
    "host_model_failed": "provider_error",
    "environment_died": "environment_error",
    "system_limit_reached": "environment_error",
    "answer_too_large": "invalid_answer",
    "invalid_answer": "invalid_answer",
    "insufficient_coverage": "insufficient_coverage",
    "store_failed": "store",
    "replay_diverged": "diverged",
    "worker_internal_error": "worker_exit",
}
"""By code, for a run that was announced. The codes left out belong to runs that never were."""


class Completed(NamedTuple):
    answer: str


class Failed(NamedTuple):
    """``partial_answer`` None: what the root has."""

    code: RunErrorCode
    message: str
    partial_answer: str | None = None

    @property
    def stop_reason(self) -> StopReason | None:
        return STOP_REASONS.get(self.code)


def completed(answer: str) -> Completed | Failed:
    """Too long counts in UTF-16 units, as the host does, so that the line stays under its cap however it is escaped."""
    units = len(answer.encode("utf-16-le", "surrogatepass")) // 2
    if units > MAX_ANSWER_CHARS:
        return Failed(
            "answer_too_large",
            f"The answer has {units:,} characters, of at most {MAX_ANSWER_CHARS:,}. Ask for a shorter one.",
        )
    return Completed(answer)


def exhausted(max_iterations: int, refusal: Refusal | None) -> Failed:
    """``refusal``: of the answer given last, when it was not taken."""
    if refusal is not None:
        what = f"No answer was accepted within {_iterations(max_iterations)}; the last was refused"
        advice = "Raise maxIterations, or require less of it; partialAnswer has it."
        why = "; ".join(_clause(reason) for reason in refusal.reasons)
        return Failed(refusal.code, f"{what}: {why}. {advice}", refusal.answer)
    return Failed(
        "max_iterations",
        f"No answer after {_iterations(max_iterations)}. Raise maxIterations, or ask something narrower; "
        "partialAnswer has what there is.",
    )


def given_up(refusal: Refusal, max_refusals: int | None) -> RunError:
    """``refusal``: of an answer with a fault that came ``max_refusals`` times."""
    often = "once" if max_refusals == 1 else f"{max_refusals} times"
    faults = "; ".join(_clause(fault) for fault in told(refusal.hopeless[:MAX_TOLD]))
    advice = "Raise maxRefusals, name another rootModel, or ask for a simpler shape; partialAnswer has the last."
    return RunError(refusal.code, f"The model gave answers with the same fault {often}: {faults}. {advice}")


def _clause(sentence: str) -> str:
    """A sentence of others as a part of one of ours, which has a full stop of its own."""
    return sentence.rstrip().removesuffix(".")


def _iterations(count: int) -> str:
    return "1 iteration" if count == 1 else f"{count} iterations"


def failed(error: BaseException) -> Failed:
    """A failure nobody foresaw is an internal error; its traceback goes to stderr."""
    if isinstance(error, RunStopped):
        return Failed(error.run_code, error.message)
    if isinstance(error, RunError):
        return Failed(error.code, error.message)
    if isinstance(error, ErrorThresholdExceededError):
        last = (error.last_error or "").strip().splitlines()
        cause = last[-1] if last else "no error text"
        message = f"{_iterations(error.error_count)} in a row had failing code; the last: {_clause(cause)}."
        return Failed("error_threshold_exceeded", f"{message} Raise maxErrors, or look at the log.")
    limit = as_limit(error, "The worker could not go on")
    if limit is not None:
        return Failed(limit.code, limit.message)
    traceback.print_exception(error, file=sys.stderr)
    what = f"{type(error).__name__}: {error}"
    return Failed("worker_internal_error", f"The worker failed: {what}. Its stderr has the details; please report it.")
