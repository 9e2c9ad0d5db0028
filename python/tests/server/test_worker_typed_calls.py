"""Typed sub-calls in runs of the real worker: what they cost, what limits do to them, and what the models are told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_provider import FakeProvider, Reply, Request, Script, answer, cell, in_turn
from needs import IMAGE, KINDS
from worker_harness import Run, Worker, spec

pytestmark = pytest.mark.slow

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
TYPED = {"schema": None, "check": False, "requireCoverage": None, "typedSubCalls": True}

Runner = Callable[..., tuple[Run, FakeProvider]]


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One for the file: each run must leave it fit for the next."""
    with Worker() as worker:
        yield worker


@pytest.fixture
def run(worker: Worker, tmp_path: Path) -> Runner:
    def run(script: Script, **changes: Any) -> tuple[Run, FakeProvider]:
        with FakeProvider(script) as provider:
            return worker.run(spec(provider.url, tmp_path, **{"answer": TYPED, **changes})), provider

    return run


def is_repair(request: Request) -> bool:
    return "does not fit the JSON Schema" in request.last


def asking(prompts: str) -> str:
    return cell(f"import json\nschema = {SCHEMA!r}\nout = llm_query_batched({prompts}, schema=schema)\nprint(out)")


def third_wrong(request: Request) -> Reply:
    """Every third is wrong at first; every sixth stays so."""
    number = int(request.messages[0]["content"].split()[0])
    if number % 6 == 0 or (number % 3 == 0 and not is_repair(request)):
        return Reply("I would rather not say", 30 + number, 7)
    return Reply(f'Sure: {{"n": {number}}}', 20 + number, 5)


def test_a_batch_of_forty_is_billed_with_its_repairs(run: Runner) -> None:
    together = threading.Barrier(14)

    def sub(request: Request) -> Reply:
        if is_repair(request):
            together.wait(60)  # none of the fourteen repairs is answered before all were asked
        return third_wrong(request)

    script = in_turn(asking("[f'{n} please' for n in range(40)]"), answer("json.dumps(out)"), sub=sub)
    done, provider = run(script)
    out = json.loads(done.answer)
    assert [value for n, value in enumerate(out) if n % 6] == [{"n": n} for n in range(40) if n % 6]
    assert all(value.startswith("Error: the reply does not fit the schema, nor does its repair") for value in out[::6])
    assert done.roles == ["root", *["llm_query"] * 54, "root"]
    assert (done.totals["calls"], done.totals["subCalls"]) == (56, 54)
    bill = provider.bill()
    assert bill["sub-model"]["calls"] == 54
    assert done.totals["inputTokens"] == sum(line["input"] for line in bill.values())
    assert done.totals["outputTokens"] == sum(line["output"] for line in bill.values())
    assert done.totals["costUsd"] == pytest.approx(float(provider.spent), abs=1e-12)
    assert sum(map(is_repair, provider.requests)) == 14
    assert 14 <= provider.most_at_once <= 16


def test_max_sub_calls_reached_by_the_repair(run: Runner) -> None:
    def never(request: Request) -> Reply:
        return Reply("no JSON here")

    script = in_turn(asking("['1', '2', '3']"), answer("json.dumps(out)"), sub=never)
    done, provider = run(script, maxSubCalls=4)
    out = sorted(json.loads(done.answer))
    assert out[0].startswith(
        "Error: the reply does not fit the schema ($: the reply holds no JSON value), and its repair"
    )
    assert "sub-call limit reached (4 of 4)" in out[0] and "sub-call limit reached (4 of 4)" in out[1]
    assert out[2].startswith("Error: the reply does not fit the schema, nor does its repair")
    assert (done.totals["subCalls"], len(provider.requests)) == (4, 6)


def test_a_budget_reached_by_the_repair_ends_the_run(run: Runner) -> None:
    def dear(request: Request) -> Reply:
        prompt = sum(len(message["content"]) for message in request.messages)
        return Reply("no JSON here", prompt, request.body["max_tokens"])

    done, provider = run(in_turn(asking("['1']"), sub=dear), maxBudgetUsd=0.05)
    assert done.terminal["code"] == "budget_exceeded"
    assert provider.spent <= 0.05


@pytest.mark.parametrize("kind", KINDS)
def test_a_child_asks_its_own_typed_questions(kind: str, run: Runner) -> None:
    """And is asked for a value itself: its first answer is prose, so a second child is given the conversation."""

    def sub(request: Request) -> Reply:
        if "system" not in {message["role"] for message in request.messages}:
            return Reply("no") if not is_repair(request) else Reply('{"n": 5}')
        if not request.turns:
            return Reply(cell(f"got = llm_query('q', schema={SCHEMA!r})\nprint(got, type(context).__name__)"))
        return Reply(answer("'it is ' + str(got['n'])" if " str\\n" in json.dumps(request.messages) else "got"))

    code = f"import json\nout = rlm_query('count', schema={SCHEMA!r})\nprint(out)"
    options = {"environmentOptions": {"image": IMAGE} if kind == "docker" else {}}
    done, provider = run(
        in_turn(cell(code), answer("json.dumps(out)"), sub=sub), maxDepth=2, environment=kind, **options
    )
    assert done.answer == '{"n": 5}'
    assert sorted(done.roles) == ["child"] * 4 + ["llm_query"] * 4 + ["root"] * 2
    assert {call["depth"] for call in done.of("call.completed") if call["role"] == "llm_query"} == {2}
    assert {call["node"] for call in done.of("call.completed")} == {"0", "0/1", "0/2"}
    told = [request for request in provider.requests if request.messages[0]["role"] == "system"]
    assert {"take `schema=`" in request.messages[0]["content"] for request in told} == {True}


def test_the_models_are_told_only_when_it_is_asked_for(run: Runner) -> None:
    untyped, provider = run(in_turn(answer("context")), answer={**TYPED, "typedSubCalls": False})
    assert untyped.answer and "schema=" not in json.dumps(provider.requests[0].messages)
    _, provider = run(in_turn(answer("context")))
    assert "take `schema=`" in provider.requests[0].messages[0]["content"]


def test_the_official_log_keeps_the_texts(run: Runner, tmp_path: Path) -> None:
    script = in_turn(asking("['3 please', '4 please']"), answer("'done'"), sub=third_wrong)
    done, _ = run(script, logDir=str(tmp_path / "logs"))
    assert done.answer == "done"
    [log] = (tmp_path / "logs").iterdir()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    [calls] = [
        block["result"]["rlm_calls"]
        for line in lines
        for block in line.get("code_blocks", [])
        if block["result"]["rlm_calls"]
    ]
    assert [call["response"] for call in calls] == ["I would rather not say", 'Sure: {"n": 3}', 'Sure: {"n": 4}']


def held_to_it(request: Request) -> Reply:
    """A small model: prose, but where the server holds it to a schema."""
    form = request.body.get("response_format")
    if form is None:
        return Reply("Well, that is a good question. I would say it is about five.", 30, 14)
    properties = form["json_schema"]["schema"]["properties"]
    return Reply(json.dumps({name: 5 if name == "n" else ["yes"] for name in properties}), 30, 5)


def test_a_small_model_that_needs_response_format_succeeds_ten_times_of_ten(run: Runner) -> None:
    script = in_turn(asking("[f'{n} please' for n in range(10)]"), answer("json.dumps(out)"), sub=held_to_it)
    done, provider = run(script)
    assert json.loads(done.answer) == [{"n": 5}] * 10
    assert done.roles == ["root", *["llm_query"] * 10, "root"]
    asked = [request.body.get("response_format") for request in provider.requests]
    form = {"type": "json_schema", "json_schema": {"name": "reply", "schema": SCHEMA, "strict": True}}
    assert asked == [None, *[form] * 10, None]
    assert done.totals["costUsd"] == pytest.approx(float(provider.spent), abs=1e-12)


def test_a_list_is_asked_for_as_the_member_of_an_object_and_an_untyped_call_sends_nothing(run: Runner) -> None:
    labels = {"type": "array", "items": {"enum": ["yes", "no"]}}
    code = f"import json\nout = [llm_query('q', schema={labels!r}), llm_query('q')]"
    done, provider = run(in_turn(cell(code), answer("json.dumps(out)"), sub=held_to_it))
    assert json.loads(done.answer) == [["yes"], "Well, that is a good question. I would say it is about five."]
    assert ["response_format" in request.body for request in provider.requests] == [False, True, False, False]


def test_a_server_that_refuses_response_format_costs_nothing_and_no_retry_and_is_remembered(run: Runner) -> None:
    def refuses(request: Request) -> Reply:
        if "response_format" in request.body:
            return Reply("This response_format type is unavailable now", status=400)
        return Reply('{"n": 1}', 30, 5)

    code = f"import json\nout = [llm_query(f'{{n}}', schema={SCHEMA!r}) for n in range(5)]"
    done, provider = run(in_turn(cell(code), answer("json.dumps(out)"), sub=refuses), maxBudgetUsd=1)
    assert json.loads(done.answer) == [{"n": 1}] * 5
    refused = [reply.status for request, reply in provider.answered if request.model == "sub-model"]
    assert refused == [400, 400, 200, 200, 200, 200, 200]
    assert done.roles == ["root", *["llm_query"] * 5, "root"]
    ended = done.of("call.completed")
    assert {(call["retries"], call["finishReason"], call["outcome"]) for call in ended} == {(0, "stop", "succeeded")}
    assert done.totals["costUsd"] == pytest.approx(float(provider.spent), abs=1e-12)


def test_a_leaf_of_the_tree_is_asked_with_its_schema_and_a_child_is_not(run: Runner) -> None:
    def sub(request: Request) -> Reply:
        if request.messages[0]["role"] != "system":
            return held_to_it(request)
        return Reply(answer(f"rlm_query('leaf', schema={SCHEMA!r})"))

    code = f"import json\nout = rlm_query('count', schema={SCHEMA!r})"
    done, provider = run(in_turn(cell(code), answer("json.dumps(out)"), sub=sub), maxDepth=2)
    assert json.loads(done.answer) == {"n": 5}
    sent = [(len(request.messages) == 1, "response_format" in request.body) for request in provider.requests]
    assert (True, True) in sent and (False, True) not in sent and (True, False) not in sent
