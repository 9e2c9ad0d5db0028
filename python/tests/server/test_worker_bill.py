"""The bill of the real worker against the provider's own count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fake_provider import FakeProvider, Reply, Request, Script, answer, cell, in_turn
from worker_harness import Run, Worker, model, spec

pytestmark = pytest.mark.slow

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
            return worker.run(spec(provider.url, tmp_path, **changes)), provider

    return run


def assert_exact(run: Run, provider: FakeProvider) -> None:
    """Calls, tokens and money of each model, in the events and in the running totals, are the provider's own."""
    ours: dict[str, dict[str, int | Decimal]] = {}
    for call in run.of("call.completed"):
        line = ours.setdefault(
            call["model"], {"calls": 0, "input": 0, "output": 0, "cached": 0, "reasoning": 0, "usd": Decimal(0)}
        )
        line["calls"] += 1 + call["retries"]
        line["input"] += call["inputTokens"]
        line["output"] += call["outputTokens"]
        line["cached"] += call["cachedInputTokens"]
        line["reasoning"] += call["reasoningTokens"]
        line["usd"] += Decimal(str(call["costUsd"]))
    assert ours == provider.bill()
    assert len(provider.requests) == len(provider.answered)
    totals = run.totals
    assert totals["calls"] == len(run.of("call.completed")) == len(run.of("call.started"))
    assert totals["inputTokens"] == sum(int(line["input"]) for line in ours.values())
    assert totals["outputTokens"] == sum(int(line["output"]) for line in ours.values())
    assert totals["costUsd"] == pytest.approx(float(provider.spent), abs=1e-12)


def test_the_root_and_its_sub_calls(run: Runner) -> None:
    script = in_turn(
        Reply(cell('print(llm_query("one: " + context))'), 1000, 50, cached_tokens=300, reasoning_tokens=20),
        answer("'done ' + context"),
    )
    done, provider = run(script, context="hello")
    assert done.answer == "done hello"
    assert done.roles == ["root", "llm_query", "root"]
    assert (done.totals["calls"], done.totals["subCalls"]) == (3, 1)
    assert_exact(done, provider)


def test_one_model_for_everything(worker: Worker, tmp_path: Path) -> None:
    def script(request: Request) -> Reply:
        if request.is_plain:
            return Reply("sub", 7, 3)
        return Reply(answer("out") if request.turns else cell("out = llm_query('q')\nprint('out', out)"))

    with FakeProvider(script) as provider:
        root_model = model("root-model", provider.url)
        done = worker.run(spec(provider.url, tmp_path, subModel=root_model))
    assert done.answer == "sub"
    assert done.roles == ["root", "llm_query", "root"]
    assert_exact(done, provider)


def test_a_batch_of_very_different_prompts(run: Runner) -> None:
    script = in_turn(
        cell("sizes = [10, 100, 1000, 3]\nout = llm_query_batched(['x' * n for n in sizes])\nprint(out)"),
        answer("','.join(out)"),
        sub=lambda request: Reply(str(len(request.last)), len(request.last), len(request.last) // 3),
    )
    done, provider = run(script)
    assert done.answer == "10,100,1000,3"
    by_size = {
        call["inputTokens"]: call["outputTokens"] for call in done.of("call.completed") if call["role"] != "root"
    }
    assert by_size == {10: 3, 100: 33, 1000: 333, 3: 1}
    assert_exact(done, provider)


@pytest.mark.parametrize("max_depth", [2, 3])
def test_children_and_their_leaves(max_depth: int, run: Runner) -> None:
    """Three children; each asks two deeper questions, which are leaves or, one level on, children again."""

    def sub(request: Request) -> Reply:
        if request.is_plain:
            return Reply(f"leaf of {len(request.last)}", 11, 2)
        if request.turns:
            return Reply(answer("'+'.join(out)"), 200, 20)
        return Reply(cell("out = rlm_query_batched([context + 'a', context + 'bb'])\nprint(out)"), 150, 15)

    script = in_turn(cell("out = rlm_query_batched(['1', '2', '3'])\nprint(out)"), answer("'|'.join(out)"), sub=sub)
    done, provider = run(script, maxDepth=max_depth)
    nodes = {call["node"] for call in done.of("call.completed")}
    if max_depth == 2:
        assert done.answer == "|".join(["leaf of 2+leaf of 3"] * 3)
        assert sorted(done.roles) == ["child"] * 6 + ["leaf"] * 6 + ["root"] * 2
        assert nodes == {"0", "0/1", "0/2", "0/3"}
    else:
        assert done.answer.count("leaf of") == 12
        assert sorted(done.roles) == ["child"] * 18 + ["leaf"] * 12 + ["root"] * 2
        assert {"0/3/2", "0/1/1"} <= nodes
    assert done.totals["subCalls"] == len(done.roles) - 2
    assert {call["model"] for call in done.of("call.completed") if call["role"] != "root"} == {"sub-model"}
    first = next(block for block in done.of("codeBlock.completed") if block["node"] == "0")
    assert first["subCalls"] == done.totals["subCalls"]
    assert_exact(done, provider)


def test_a_failing_sub_call_is_counted_and_seen_by_the_repl(run: Runner) -> None:
    script = in_turn(
        cell("out = llm_query_batched(['good', 'bad', 'good'])\nprint(out)"),
        answer("out[1] + '/' + out[2]"),
        sub=lambda request: Reply("too bad", status=400) if request.last == "bad" else Reply("fine", 5, 5),
    )
    done, provider = run(script)
    assert done.answer.startswith("Error: ") and done.answer.endswith("/fine")
    failed = [call for call in done.of("call.completed") if call["outcome"] == "failed"]
    assert [(call["costUsd"], call["error"]["code"]) for call in failed] == [(0, "provider_rejected_request")]
    assert (done.totals["calls"], done.totals["subCalls"]) == (5, 3)
    assert_exact(done, provider)


def test_a_rate_limit_is_retried_as_one_call(run: Runner) -> None:
    refused: list[Request] = []

    def sub(request: Request) -> Reply:
        if not refused:
            refused.append(request)
            return Reply(status=429, headers={"Retry-After": "0"})
        return Reply("later", 9, 4)

    done, provider = run(in_turn(cell("out = llm_query('q')"), answer("out"), sub=sub))
    assert done.answer == "later"
    assert [call["retries"] for call in done.of("call.completed")] == [0, 1, 0]
    assert_exact(done, provider)


def test_compaction_is_a_call_of_its_own(run: Runner) -> None:
    def script(request: Request) -> Reply:
        if "Summarize your progress" in request.last:
            return Reply("summary: saw many x", 120_000, 60)
        if "compacted 1 time" in str(request.messages):
            return Reply(answer("str(len(history))"), 500, 30)
        return Reply(cell("print('x' * 460_000)"), 300, 20)

    done, provider = run(script, compaction=True, maxOutputChars=500_000)
    assert done.roles == ["root", "compaction", "root"]
    assert (done.answer, done.totals["subCalls"]) == ("2", 0)
    assert_exact(done, provider)


def test_forty_batches_of_eight_are_three_hundred_and_twenty_requests(run: Runner) -> None:
    code = "out = [llm_query_batched([f'{i}-{j}' for j in range(8)]) for i in range(40)]\nprint(sum(map(len, out)))"
    echo = in_turn(
        cell(code), answer("str(sum(x == 'ok' for row in out for x in row))"), sub=lambda _: Reply("ok", 3, 1)
    )
    done, provider = run(echo)
    assert done.answer == "320"
    assert sum(request.model == "sub-model" for request in provider.requests) == 320
    assert provider.most_at_once <= 8
    assert_exact(done, provider)


def test_an_empty_batch_makes_no_call(run: Runner) -> None:
    done, _ = run(in_turn(answer("str(llm_query_batched([]))")))
    assert (done.answer, done.roles) == ("[]", ["root"])


def test_an_unknown_price_is_null_and_the_tokens_are_right(run: Runner) -> None:
    done, provider = run(in_turn(answer("context")), prices={})
    assert (done.totals["costUsd"], done.totals["inputTokens"]) == (None, provider.bill()["root-model"]["input"])


def test_a_reply_without_usage_has_no_tokens_and_no_cost(run: Runner) -> None:
    done, _ = run(in_turn(Reply(answer("context"), usage=False)))
    assert (done.totals["calls"], done.totals["inputTokens"], done.totals["costUsd"]) == (1, 0, None)


def test_a_model_named_by_generated_code(run: Runner) -> None:
    code = "for m in ('gpt-5-pro', 'root-model', 'sub-model'): llm_query('q', model=m)"

    def script(request: Request) -> Reply:
        if request.is_plain:
            return Reply("ok")
        return Reply(answer("'a'") if request.turns else cell(code))

    done, provider = run(script)
    asked = [
        (call["requestedModel"], call["model"]) for call in done.of("call.completed") if call["role"] == "llm_query"
    ]
    assert asked == [("gpt-5-pro", "sub-model"), ("root-model", "root-model"), ("sub-model", "sub-model")]
    assert_exact(done, provider)


REFUSED_TURN = Reply("", 150, 15, finish_reason="content_filter")
MIXED = {
    "whole": Reply("fine", 30, 3),
    "refused": Reply("", 31, 4, finish_reason="content_filter"),
    "refused in words": Reply("", 32, 5, message={"refusal": "I will not."}),
    "cut": Reply("the first ha", 33, 6, cached_tokens=10, finish_reason="length"),
    "empty": Reply(" \n", 34, 7),
    "only reasoning": Reply("", 35, 8, reasoning_tokens=8, message={"reasoning_content": "Let me see."}),
    "a tool": Reply("", 36, 9, finish_reason="tool_calls", message={"tool_calls": [{"id": "1"}]}),
}
"""By the prompt of the sub-call."""
UNKNOWN = {
    "broken off": Reply(body='{"choices": [{"mess'),
    "half a usage": Reply(
        body='{"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 9}}'
    ),
    "no usage": Reply("fine", usage=False),
}


def mixed(request: Request) -> Reply:
    kind = request.last.rstrip("0123456789 ")
    return {**MIXED, **UNKNOWN}[kind]


def test_refused_cut_and_empty_replies_among_whole_ones_are_on_the_bill_to_the_last_digit(run: Runner) -> None:
    code = f"out = llm_query_batched([f'{{kind}} {{i}}' for i in range(6) for kind in {list(MIXED)}])\nprint(out)"
    turns = in_turn(REFUSED_TURN, cell(code), Reply(answer("'done'"), 200, 20), sub=mixed)
    done, provider = run(turns)
    assert done.answer == "done"
    assert_exact(done, provider)
    ends = [call["finishReason"] for call in done.of("call.completed")]
    counted = {end: ends.count(end) for end in set(ends)}
    assert counted == {"stop": 8, "length": 6, "refused": 13, "empty": 12, "unsupported": 6}


@pytest.mark.long
@pytest.mark.parametrize("kind", UNKNOWN)
def test_one_reply_of_unknown_cost_makes_the_sums_over_it_unknown_and_no_other(run: Runner, kind: str) -> None:
    code = f"print(llm_query_batched([f'{{kind}} 1' for kind in {[*MIXED, kind]}]))"
    done, provider = run(in_turn(cell(code), answer("'done'"), sub=mixed))
    calls = done.of("call.completed")
    assert (done.answer, done.totals["costUsd"]) == ("done", None)
    assert [call["costUsd"] is None for call in calls].count(True) == 1
    known = sum(Decimal(str(call["costUsd"])) for call in calls if call["costUsd"] is not None)
    unknown = sum(
        provider.price(request.model, reply)
        for request, reply in provider.answered
        if reply in UNKNOWN.values() and reply.body
    )
    assert known == provider.spent - unknown
