"""Every row of the table of final answers, in the sane reading (official-rlms 1.4 and 2.6)."""

from __future__ import annotations

import pytest
from repl_harness import Bench

FINAL = {
    "update": ("answer.update(content='X', ready=True)", "X"),
    "merge": ("answer |= {'content': 'X', 'ready': True}", "X"),
    "rebound": ("answer = {'content': 'X', 'ready': True}", "X"),
    "content after ready": ("answer['ready'] = True; answer['content'] = 'after'", "after"),
    "truthy text": ("answer['content'] = 'X'; answer['ready'] = 'False'", "X"),
    "no content": ("answer['ready'] = True", ""),
    "content removed": ("answer['ready'] = True; del answer['content']", ""),
    "number": ("answer.update(content=12.5, ready=True)", "12.5"),
    "none": ("answer.update(content=None, ready=True)", ""),
    "dict": ("answer.update(content={'a': [1, None, 'é']}, ready=True)", '{"a": [1, null, "é"]}'),
    "list": ("answer.update(content=['x', {'y': True}], ready=True)", '["x", {"y": true}]'),
    "dict JSON cannot hold": ("answer.update(content={(1, 2): 3}, ready=True)", "{(1, 2): 3}"),
    "subclass of dict": ("import collections; answer = collections.OrderedDict(content='X', ready=True)", "X"),
    "then exception": ("answer.update(content='X', ready=True)\n1/0", "X"),
    "then sys.exit": ("answer.update(content='X', ready=True)\nimport sys; sys.exit()", "X"),
    "then SystemExit with a message": ("answer.update(content='X', ready=True)\nraise SystemExit('bye')", "X"),
    "then KeyboardInterrupt": ("answer.update(content='X', ready=True)\nraise KeyboardInterrupt", "X"),
    "lone surrogate": ("answer.update(content='a\\ud800b', ready=True)", "a\ufffdb"),
    "set in a function": ("def f():\n    global answer\n    answer = dict(content='X', ready=True)\nf()", "X"),
}
NOT_FINAL = {
    "content only": "answer['content'] = 'X'",
    "ready false": "answer.update(content='X', ready=False)",
    "ready then not": "answer['ready'] = True; answer['ready'] = False",
    "not a dict": "answer = 'X'",
    "deleted": "del answer",
    "mentioned in text": "print('FINAL(X)')",
}


@pytest.mark.parametrize(("code", "final"), FINAL.values(), ids=FINAL.keys())
def test_final(shared: Bench, code: str, final: str) -> None:
    assert shared(code).final_answer == final


@pytest.mark.parametrize("code", NOT_FINAL.values(), ids=NOT_FINAL.keys())
def test_not_final_and_the_dict_is_there_for_the_next_code_block(shared: Bench, code: str) -> None:
    assert shared(code).final_answer is None
    assert shared("answer['content'] = 'Y'; answer['ready'] = True").final_answer == "Y"


def test_reported_once_and_the_content_stays(shared: Bench) -> None:
    assert shared("answer.update(content='X', ready=True)").final_answer == "X"
    later = shared("print(answer)")
    assert later.final_answer is None
    assert later.stdout == "{'content': 'X', 'ready': False}\n"


def test_a_new_turn_starts_with_a_fresh_answer(run: Bench) -> None:
    run("answer.update(content='turn 1', ready=True)")
    assert run.repl.answer_content == "turn 1"
    run.repl.update_handler_address(("router", 2))
    assert run.repl.answer_content is None
    assert run("print(answer)").stdout == "{'content': '', 'ready': False}\n"
    assert run("answer.update(content='turn 2', ready=True)").final_answer == "turn 2"


def test_partial_content_is_known_and_bounded(run: Bench) -> None:
    run("answer['content'] = {'so': 'far'}")
    assert run.repl.answer_content == '{"so": "far"}'
    run("answer['content'] = 'x' * 3_000_000")
    assert run.repl.answer_content == "x" * 1_000_000


def test_an_answer_too_long_to_take_is_handed_back(shared: Bench) -> None:
    result = shared("answer.update(content='x' * 9_000_000, ready=True)")
    assert result.final_answer is None
    assert "the limit is 8000000" in result.stderr


def test_content_that_cannot_be_read_is_handed_back(shared: Bench) -> None:
    result = shared("class Bad:\n    def __str__(self): raise ValueError\nanswer.update(content=Bad(), ready=True)")
    assert (result.final_answer, result.status) == (None, "error")
    assert "answer could not be read: ValueError" in result.stderr
