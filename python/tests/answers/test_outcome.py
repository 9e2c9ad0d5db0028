from typing import get_args

import pytest
from rlm.utils.exceptions import ErrorThresholdExceededError
from worker_messages import RunErrorCode, StopReason

from rlm_worker._generated.constants import MAX_ANSWER_CHARS
from rlm_worker._generated.messages import AnswerProblem
from rlm_worker.answers.gate import Refusal
from rlm_worker.answers.outcome import STOP_REASONS, Completed, Failed, completed, exhausted, failed
from rlm_worker.cancel import RunStopped
from rlm_worker.errors import ContextFailure, ProviderError


def literals(alias: object) -> set[str]:
    return set(get_args(get_args(alias.__value__)[0]))  # type alias of an annotated literal


def test_every_code_and_reason_is_one_of_the_wire() -> None:
    assert set(STOP_REASONS) <= literals(RunErrorCode)
    assert set(STOP_REASONS.values()) - {None} <= literals(StopReason)
    before_the_run = literals(RunErrorCode) - set(STOP_REASONS)
    assert before_the_run == {
        "context_unreadable",
        "context_not_utf8",
        "container_runtime_missing",
        "container_runtime_not_running",
        "image_missing",
        "environment_extra_missing",
        "environment_start_failed",
        "landlock_unavailable",
        "session_lost",
        "unknown_price",
    }


@pytest.mark.parametrize(
    ("error", "code", "reason", "says"),
    [
        (RunStopped("duration_exceeded", "too long"), "duration_exceeded", "duration", "too long"),
        (ProviderError("rate_limited", "slow down", status=429), "rate_limited", "provider_error", "slow down"),
        (ContextFailure("context_not_utf8", "bytes"), "context_not_utf8", None, "bytes"),
        (
            ErrorThresholdExceededError(3, 3, "Traceback\nKeyError: 'x'"),
            "error_threshold_exceeded",
            "errors",
            "KeyError",
        ),
        (ErrorThresholdExceededError(1, 1, None), "error_threshold_exceeded", "errors", "no error text"),
        (ValueError("odd"), "worker_internal_error", "worker_exit", "ValueError: odd"),
        (KeyboardInterrupt(), "worker_internal_error", "worker_exit", "KeyboardInterrupt"),
    ],
)
def test_what_unwinds_a_run_becomes_a_code(error: BaseException, code: str, reason: str | None, says: str) -> None:
    outcome = failed(error)
    assert (outcome.code, outcome.stop_reason) == (code, reason)
    assert says in outcome.message


def test_answers_are_measured_in_utf_16_units() -> None:
    largest = "\U0001f600" * (MAX_ANSWER_CHARS // 2)
    assert completed(largest) == Completed(largest)
    too_long = completed(largest + "\ud800")
    assert isinstance(too_long, Failed) and (too_long.code, too_long.stop_reason) == (
        "answer_too_large",
        "invalid_answer",
    )


@pytest.mark.parametrize(
    ("sources", "code"),
    [
        (["schema"], "invalid_answer"),
        (["coverage"], "insufficient_coverage"),
        (["coverage", "coverage"], "insufficient_coverage"),
        (["coverage", "validate"], "invalid_answer"),
    ],
)
def test_a_loop_that_ends_with_a_refused_answer(sources: list[str], code: str) -> None:
    problems = [AnswerProblem.model_validate({"source": source, "path": "a", "message": "no"}) for source in sources]
    end = exhausted(3, Refusal("the answer", problems))
    assert (end.code, end.stop_reason, end.partial_answer) == (code, code, "the answer")
    assert "within 3 iterations" in end.message and "a: no" in end.message
    never_given = exhausted(3, None)
    assert (never_given.code, never_given.stop_reason, never_given.partial_answer) == ("max_iterations",) * 2 + (None,)


def test_a_reason_that_ends_with_a_full_stop_has_no_second_one() -> None:
    message = "Read the rest of the context."
    problems = [AnswerProblem.model_validate({"source": "coverage", "path": "", "message": message})]
    assert "the last was refused: Read the rest of the context. Raise" in exhausted(3, Refusal("x", problems)).message
    failing = failed(ErrorThresholdExceededError(error_count=2, threshold=2, last_error="ValueError: No such ship."))
    assert "the last: ValueError: No such ship. Raise" in failing.message


@pytest.mark.parametrize(("count", "said"), [(1, "after 1 iteration."), (2, "after 2 iterations.")])
def test_one_iteration_is_counted_as_one(count: int, said: str) -> None:
    assert said in exhausted(count, None).message
