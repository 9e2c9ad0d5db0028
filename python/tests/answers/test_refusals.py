"""Faults that come again and again: which are one, and from when on nothing is hoped of another answer."""

from __future__ import annotations

from typing import Literal

from rlm_worker._generated.messages import AnswerProblem
from rlm_worker.answers.gate import Refusal
from rlm_worker.answers.outcome import failed, given_up
from rlm_worker.answers.refusals import MAX_TOLD, Refusals


def problem(
    path: str, message: str = "is wrong", source: Literal["schema", "validate", "coverage"] = "schema"
) -> AnswerProblem:
    return AnswerProblem(source=source, path=path, message=message)


def test_a_fault_that_came_as_often_as_it_may_is_hopeless() -> None:
    refusals, fault = Refusals(3), problem("age")
    assert [refusals.hopeless([fault]) for _ in range(4)] == [[], [], [fault], [fault]]


def test_without_a_limit_nothing_is_hopeless() -> None:
    refusals = Refusals(None)
    assert [refusals.hopeless([problem("age")]) for _ in range(50)] == [[]] * 50


def test_items_of_a_list_have_the_same_place_and_an_answer_counts_once() -> None:
    refusals = Refusals(2)
    assert refusals.hopeless([problem("findings[0].line"), problem("findings[12].line")]) == []
    assert refusals.hopeless([problem("other"), problem("findings[3].line")]) == [problem("findings[3].line")]


def test_other_faults_are_no_lack_of_progress() -> None:
    refusals = Refusals(2)
    assert [refusals.hopeless([problem(path)]) for path in ("a", "b", "a.b", "c")] == [[]] * 4


def test_faults_that_come_in_turn_are_counted_each() -> None:
    refusals = Refusals(2)
    assert [bool(refusals.hopeless([problem(path)])) for path in ("a", "b", "a")] == [False, False, True]


def test_of_the_whole_answer_the_words_tell_faults_apart() -> None:
    refusals = Refusals(2)
    told = ["too short", "too long", "too short"]
    assert [bool(refusals.hopeless([problem("", text, "validate")])) for text in told] == [False, False, True]


def test_what_is_unread_is_no_fault_of_the_answer() -> None:
    refusals, unread = Refusals(1), problem("", "unread: 1-2", "coverage")
    assert refusals.hopeless([unread]) == []
    assert refusals.hopeless([unread, problem("age")]) == [problem("age")]


def test_the_end_names_the_faults_and_what_to_do() -> None:
    faults = [problem(f"p{n}") for n in range(MAX_TOLD + 1)]
    ended = failed(given_up(Refusal("{}", faults, faults), 3))
    assert (ended.code, ended.stop_reason) == ("invalid_answer", "invalid_answer")
    assert "same fault 3 times: p0: is wrong; p1: is wrong" in ended.message
    assert "p9: is wrong. Raise maxRefusals" in ended.message and "p10" not in ended.message
