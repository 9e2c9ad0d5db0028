"""The gate of answers: what it asks of the host and the coverage, and what of it the model is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from journals import no_journal
from rlm.environments.local_repl import LocalREPL
from run_tree import Tree

from rlm_worker._generated.constants import MAX_ANSWER_CHARS, MAX_LINE_BYTES
from rlm_worker._generated.messages import AnswerProblem, AnswerResult, AnswerSpec
from rlm_worker.answers import gate as answer_gate
from rlm_worker.answers.gate import MAX_TYPED_CHARS, AnswerGate, Refusal
from rlm_worker.cancel import RunStopped, StopSignal
from rlm_worker.errors import RunError
from rlm_worker.journal.places import Place
from rlm_worker.json_bytes import to_json
from rlm_worker.loop import seams
from rlm_worker.loop.tree import TreeRLM
from rlm_worker.wire.host_requests import HostRequests
from rlm_worker.wire.redaction import Redactor

Problem = dict[str, str]

WRONG = {"source": "schema", "path": "people[0].age", "message": "expected number"}
UNREAD = {"source": "coverage", "path": "", "message": "unread: 10-20"}


class Host:
    """Answers each check in the worker's own thread. ``asked``: what came over the wire."""

    def __init__(self, verdict: Callable[[dict[str, Any]], list[Problem]] = lambda _: []) -> None:
        self.asked: list[dict[str, Any]] = []
        self.stop = StopSignal()
        self._verdict = verdict
        self.requests = HostRequests("run", self._write, self.stop)

    def _write(self, message: dict[str, Any]) -> None:
        line = to_json(message)
        assert len(line) < MAX_LINE_BYTES
        request = json.loads(line)
        self.asked.append({"text": request["text"], "candidates": request["candidates"]})
        reply = {key: request[key] for key in ("id", "requestId")}
        problems = self._verdict(request)
        self.requests.deliver(AnswerResult.model_validate({"type": "answer.result", **reply, "problems": problems}))


class Coverage:
    def __init__(self, seen: float) -> None:
        self.seen = seen

    def problems(self, required: float) -> list[dict[str, Any]]:
        return [] if self.seen >= required else [UNREAD]


ALL_READ = Coverage(1.0)


def gate(host: Host, coverage: Coverage = ALL_READ, redact: Redactor | None = None, **spec: Any) -> AnswerGate:
    fields = {"schema": {}, "check": True, "requireCoverage": None, "typedSubCalls": False, **spec}
    spec_of_answer, place = AnswerSpec.model_validate(fields), Place("0", 1, 0)
    return AnswerGate(spec_of_answer, host.requests, redact or Redactor(), coverage, no_journal(), lambda: place)


def as_wire(problems: list[AnswerProblem]) -> list[Problem]:
    return [problem.model_dump() for problem in problems]


def test_the_host_gets_the_text_and_its_candidates() -> None:
    host, text = Host(), 'It is {"b": 2}, or rather:\n```json\n{"a": 1}\n```'
    assert gate(host).judge(text) is None
    assert host.asked == [{"text": text, "candidates": [{"a": 1}, {"b": 2}]}]


def test_without_a_schema_nothing_is_read() -> None:
    host = Host()
    assert gate(host, schema=None).problems('{"a": 1}') == []
    assert host.asked == [{"text": '{"a": 1}', "candidates": []}]


def test_without_a_check_the_host_is_not_asked() -> None:
    host = Host()
    assert gate(host, schema=None, check=False).problems("any") == []
    assert host.asked == []


def test_all_problems_are_told_at_once() -> None:
    host = Host(lambda _: [WRONG])
    judged = gate(host, Coverage(0.5), requireCoverage=0.9)
    refusal = judged.judge("{}")
    assert refusal is not None and as_wire(refusal.problems) == [WRONG, UNREAD]
    assert refusal.code == "invalid_answer"
    assert "\n- people[0].age: expected number\n- unread: 10-20\n" in refusal.message
    host._verdict = lambda _: []
    unread = judged.judge("{}")
    assert unread is not None and unread.code == "insufficient_coverage"
    assert gate(Host(), Coverage(0.9), requireCoverage=0.9).judge("{}") is None


def test_the_host_sees_no_key() -> None:
    redact, host = Redactor(), Host()
    redact.learn(["sk-secret-123456"])
    gate(host, redact=redact).problems('{"key": "sk-secret-123456"}')
    assert host.asked == [{"text": '{"key": "[redacted]"}', "candidates": [{"key": "[redacted]"}]}]


@pytest.mark.parametrize(
    "text",
    ["1" * 400, '{"a": [' + "9" * 310 + "]}", "-" + "1" * 400],
    ids=["alone", "within", "negative"],
)
def test_numbers_that_the_host_cannot_hold_are_not_read(text: str) -> None:
    host = Host()
    assert gate(host).problems(text) == []
    assert host.asked == [{"text": text, "candidates": []}]


def test_candidates_that_do_not_fit_into_a_line_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_gate, "MAX_LINE_BYTES", answer_gate.ENVELOPE_BYTES + 60)
    host, text = Host(), '["a first", "value"]\n["a second", "value"]'
    assert gate(host).problems(text) == []
    assert host.asked == [{"text": text, "candidates": []}]
    assert gate(host).problems("[1]\n[2]\n[3]") == []
    assert host.asked[1] == {"text": "[1]\n[2]\n[3]", "candidates": [[3], [2], [1]]}


@pytest.mark.slow
@pytest.mark.parametrize(("schema", "most"), [({}, MAX_TYPED_CHARS), (None, MAX_ANSWER_CHARS)], ids=["typed", "text"])
def test_what_is_too_long_is_refused_unseen(schema: Any, most: int) -> None:
    host = Host()
    assert gate(host, schema=schema).problems("é" * most) == []
    [problem] = gate(host, schema=schema).problems("é" * (most + 1))
    assert problem.message == f"it has {most + 1:,} characters, of at most {most:,}; give a shorter one"
    assert len(host.asked) == 1


def test_lone_surrogates_cross() -> None:
    host = Host()
    assert gate(host).problems('{"a": "\ud83d"}') == []
    assert host.asked[0]["text"] == '{"a": "\ud83d"}'


def test_a_stop_ends_the_wait() -> None:
    stop, sent = StopSignal(), threading.Event()
    host = Host()
    host.requests = HostRequests("run", lambda _: sent.set(), stop)
    judged = gate(host)
    threading.Thread(target=lambda: sent.wait() and stop.stop("duration_exceeded", "Too long.")).start()
    with pytest.raises(RunStopped, match="Too long"):
        judged.judge("{}")


def test_a_refusal_says_what_to_do() -> None:
    refusal = Refusal("x", [AnswerProblem(source="validate", path="", message="Too old.")])
    assert refusal.message == (
        "Your answer was not accepted:\n- Too old.\n"
        'Put that right, then set `answer["content"]` and `answer["ready"] = True` again.'
    )


def tree_of(host: Host, *answers: str) -> Tree:
    """A root that gives these answers, one a turn, in an official environment, and a host that judges them."""
    turns = iter([f"```repl\nanswer['content'] = {answer!r}\nanswer['ready'] = True\n```" for answer in answers])
    tree = Tree(lambda _: next(turns), lambda _: "unused")
    spec = tree.scope.spec.answer.model_dump(by_alias=True)
    tree.scope.spec.answer = AnswerSpec.model_validate({**spec, "check": True})
    tree.scope.host = host.requests
    return tree


def at_most(tree: Tree, refusals: int) -> Tree:
    limits = tree.scope.spec.limits
    tree.scope.spec.limits = limits.model_copy(update={"max_refusals": refusals})
    return tree


def run_of(tree: Tree, monkeypatch: pytest.MonkeyPatch, max_iterations: int = 2) -> tuple[TreeRLM, str]:
    monkeypatch.setattr(seams, "create_environment", lambda kind, kwargs, host: LocalREPL(**kwargs))
    with tree.installed() as scope:
        root = TreeRLM(scope, backend="openai", environment="ipython", max_iterations=max_iterations)
        return root, root.completion("context").response


def test_a_refused_answer_does_not_end_the_loop_of_an_official_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host(lambda request: [] if request["text"] == "right" else [WRONG])
    tree = tree_of(host, "wrong", "right")
    root, response = run_of(tree, monkeypatch)
    assert (response, root.exhausted, root.refusal) == ("right", False, None)
    [_, told] = tree.root.prompts
    assert "- people[0].age: expected number" in str(told)
    assert [asked["text"] for asked in host.asked] == ["wrong", "right"]


def test_after_a_refused_answer_no_other_is_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tree_of(Host(lambda _: [WRONG]), "first", "second")
    root, response = run_of(tree, monkeypatch)
    assert root.exhausted and root.refusal is not None
    assert response == root.refusal.answer == root.partial_answer == "second"
    assert tree.roles() == [("root", "0", "big")] * 2


def test_an_answer_with_the_same_fault_ends_the_loop_when_it_was_told_often_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tree = at_most(tree_of(Host(lambda _: [WRONG]), "first", "second"), 2)
    with pytest.raises(RunError, match=r"same fault 2 times: people\[0\].age: expected number") as raised:
        run_of(tree, monkeypatch, max_iterations=20)
    assert raised.value.code == "invalid_answer"
    assert tree.roles() == [("root", "0", "big")] * 2


def test_an_answer_that_is_right_at_last_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host(lambda request: [] if request["text"] == "right" else [WRONG])
    root, response = run_of(at_most(tree_of(host, "wrong", "right"), 2), monkeypatch)
    assert (response, root.refusal) == ("right", None)
