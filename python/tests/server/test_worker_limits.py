"""A cap is a cap, in the real worker against the provider's own count."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_provider import Answer, FakeProvider, Reply, Request, Script, answer, cell, in_turn
from worker_harness import Worker, repls, spec

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One for the file: a run that reached a limit leaves it fit for the next."""
    with Worker() as worker:
        yield worker


FAN_OUT = (
    "out = rlm_query_batched([str(n) for n in range(8)]) + llm_query_batched([str(n) for n in range(16)])\nprint(out)"
)


def spendthrift(request: Request) -> Reply:
    """Uses every token it may, and as many input tokens as there are characters."""
    output = request.body.get("max_tokens", 1000)
    prompt = sum(len(message["content"]) for message in request.messages)
    if request.is_plain:
        return Reply("leaf", prompt, output)
    return Reply(cell(FAN_OUT), prompt, output)


@pytest.mark.parametrize("budget", [0.001, 0.05, 0.3, 0.7])
def test_spent_is_never_over_the_budget(worker: Worker, budget: float, tmp_path: Path) -> None:
    with FakeProvider(spendthrift) as provider:
        done = worker.run(spec(provider.url, tmp_path, maxBudgetUsd=budget, maxDepth=2))
    assert (done.terminal["code"], done.terminal["stopReason"]) == ("budget_exceeded", "budget")
    assert all("max_tokens" in request.body for request in provider.requests)
    assert provider.spent <= budget


def test_a_budget_needs_known_prices(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn(answer("'x'"))) as provider:
        wanted = spec(provider.url, tmp_path, maxBudgetUsd=1.0)
        del wanted["prices"]["sub-model"]
        failed = worker.run(wanted).terminal
    assert (failed["code"], failed["stopReason"], provider.requests) == ("unknown_price", None, [])
    assert "sub-model" in failed["message"]


def test_a_routers_own_names_have_the_price_that_it_publishes_and_the_cost_that_it_says(
    worker: Worker, tmp_path: Path
) -> None:
    info = {"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "max_output_tokens": 300}
    said = Reply(answer("'x'"), headers={"x-litellm-response-cost": "0.00042"})
    published = Answer(body={"data": [{"model_name": name, "model_info": info} for name in ("smart", "cheap")]})
    with FakeProvider(in_turn(said), published=lambda _: published) as provider:
        wanted = spec(provider.url, tmp_path, maxBudgetUsd=1.0)
        wanted["prices"] = {}
        for which, name in (("rootModel", "smart"), ("subModel", "cheap")):
            wanted[which] |= {"backend": "litellm", "model": name}
        done = worker.run(wanted)
    assert (done.answer, done.totals["costUsd"]) == ("x", 0.00042)
    assert provider.requests[0].body["max_tokens"] == 300


def test_exactly_so_many_sub_calls_get_through(worker: Worker, tmp_path: Path) -> None:
    script = in_turn(cell("out = llm_query_batched(list('abcdefgh'))\nprint(out)"), answer("repr(out)"))
    with FakeProvider(script) as provider:
        done = worker.run(spec(provider.url, tmp_path, maxSubCalls=3))
    assert sum(request.model == "sub-model" for request in provider.requests) == 3
    assert done.answer.count("sub says yes") == 3
    assert done.answer.count("Error: sub-call limit reached (3 of 3)") == 5
    assert done.totals["subCalls"] == 3


def test_children_share_the_limit(worker: Worker, tmp_path: Path) -> None:
    script = in_turn(
        cell("out = rlm_query_batched(list('abcd'))\nprint(out)"),
        answer("repr(out)"),
        sub=lambda _: Reply(cell("print(1)")),
    )
    with FakeProvider(script) as provider:
        done = worker.run(spec(provider.url, tmp_path, maxSubCalls=5, maxDepth=2))
    assert sum(request.model == "sub-model" for request in provider.requests) == 5
    assert done.answer.count("Error: Child RLM completion failed - sub-call limit reached (5 of 5)") == 4


@pytest.mark.parametrize("concurrent", [1, 4])
def test_concurrency_is_one_bound_for_the_tree(worker: Worker, concurrent: int, tmp_path: Path) -> None:
    # Answers only come once so many requests are there together.
    together = threading.Barrier(concurrent)

    def sub(request: Request) -> Reply:
        if request.is_plain:
            together.wait(30)
            return Reply("leaf")
        done = request.turns > 0
        return Reply(answer("'child'") if done else cell("print(llm_query_batched(list('abcd')))"))

    script = in_turn(cell("print(rlm_query_batched(list('abcd')))"), answer("'done'"), sub=sub)
    with FakeProvider(script) as provider:
        done = worker.run(spec(provider.url, tmp_path, maxConcurrentSubCalls=concurrent, maxDepth=2))
    assert done.answer == "done"
    assert provider.most_at_once <= concurrent


@pytest.mark.parametrize("depth", [2, 3])
def test_the_concurrency_limit_holds_for_the_repls_of_children(worker: Worker, depth: int, tmp_path: Path) -> None:
    """A batch from each of several threads, whose children ask for batches of their own."""
    alive: list[int] = []
    batches = "from concurrent.futures import ThreadPoolExecutor as Pool\n"
    batches += "with Pool(3) as pool: print(list(pool.map(rlm_query_batched, [list('abc')] * 3)))"

    def sub(request: Request) -> Reply:
        alive.append(repls(worker) - 1)
        return Reply(answer("'child'") if request.turns else cell("print(rlm_query_batched(list('xy')))"))

    with FakeProvider(in_turn(cell(batches), answer("'done'"), sub=sub)) as provider:
        done = worker.run(spec(provider.url, tmp_path, maxConcurrentSubCalls=2, maxDepth=depth))
    assert done.answer == "done"
    children = {event["node"] for event in done.of("environment.started")} - {"0"}
    assert len(children) == (9 if depth == 2 else 27)
    assert 1 <= max(alive) <= 2


def test_tool_calls_beyond_max_tool_calls_are_errors_in_the_repl(tmp_path: Path) -> None:
    """Over the whole tree; they reach neither the host nor the events."""
    tool = {"name": "lookup", "description": "", "parameters": {"type": "object", "properties": {}}, "returns": None}
    count = "done = 0\nfor _ in range(4):\n    try: lookup(); done += 1\n    except RuntimeError as error: print(error)"
    script = in_turn(
        cell(f"{count}\nprint(rlm_query('x'))"),
        answer("str(done)"),
        sub=lambda request: Reply(answer("str(done)") if request.turns else cell(count)),
    )
    result = {"type": "tool.result", "outcome": {"kind": "value", "value": 1}}
    with Worker(host=lambda _: result) as worker, FakeProvider(script) as provider:
        tools = [{**tool, "inChildren": True}]
        done = worker.run(spec(provider.url, tmp_path, maxToolCalls=3, maxDepth=2, tools=tools))
    assert done.answer == "3"
    block = next(block for block in done.of("codeBlock.completed") if block["node"] == "0")
    refused = "tool lookup: tool call limit reached (3 of 3); answer with what you have\n"
    assert block["stdout"] == f"{refused}0\n"
    assert len(done.of("tool.call")) == len(done.of("tool.started")) == 3


def test_prompts_beyond_the_window_are_refused_before_they_are_sent_and_not_held(
    worker: Worker, tmp_path: Path
) -> None:
    """Four of 20 MB at once, by threads: each is an error text in the REPL, and the worker holds one or two of them."""
    batch = "from concurrent.futures import ThreadPoolExecutor as Pool\nwith Pool(4) as pool:\n"
    batch += "    out = list(pool.map(llm_query, [c * 20_000_000 for c in 'abcd']))\n"
    batch += "print([reply[:6] for reply in out])"
    # Of the four at once, some are refused for their sum, in words that sort behind.
    with FakeProvider(in_turn(cell(batch), answer("min(out)"))) as provider:
        done = worker.run(spec(provider.url, tmp_path, environmentOptions={"memoryMb": 8192}))
    assert done.of("codeBlock.completed")[0]["stdout"] == f"{['Error:'] * 4}\n"
    assert "The prompt has 20,000,000 characters; sub-model takes at most 16,777,216." in done.answer
    assert [request.model for request in provider.requests] == ["root-model"] * 2
    assert done.totals["subCalls"] == 0
    status = Path(f"/proc/{worker.process.pid}/status").read_text()
    assert int(status.partition("VmHWM:")[2].split()[0]) < 240_000


def test_used_tokens_end_the_run(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn(cell("print('thinking')"))) as provider:
        done = worker.run(spec(provider.url, tmp_path, maxTokens=220))
    assert (done.terminal["code"], done.terminal["stopReason"]) == ("token_limit_exceeded", "tokens")
    assert (len(provider.requests), done.terminal["partialAnswer"]) == (2, cell("print('thinking')"))


SLEEPS = "import time\ntime.sleep(100)"
HANGING = [
    pytest.param(in_turn(Reply(hold=True)), id="in a model call"),
    pytest.param(in_turn(cell("while True: pass")), id="in a busy loop"),
    pytest.param(in_turn(cell("llm_query_batched(list('abc'))"), sub=lambda _: Reply(hold=True)), id="in a batch"),
    pytest.param(in_turn(cell("rlm_query('x')"), sub=lambda _: Reply(cell(SLEEPS))), id="in a child"),
]


@pytest.mark.parametrize("script", HANGING)
def test_the_deadline_ends_a_run_stuck_anywhere(worker: Worker, script: Script, tmp_path: Path) -> None:
    with FakeProvider(script) as provider:
        done = worker.run(spec(provider.url, tmp_path, maxDurationMs=2500, maxDepth=2))
        assert (done.terminal["code"], done.terminal["stopReason"]) == ("duration_exceeded", "duration")
        provider.script = in_turn(answer("'next'"))
        assert worker.run(spec(provider.url, tmp_path)).answer == "next"


def test_failing_code_counts_and_warnings_do_not(worker: Worker, tmp_path: Path) -> None:
    warning = cell("import sys; print('careful', file=sys.stderr)")
    with FakeProvider(in_turn(warning, warning, cell("1/0"), answer("'fine'"))) as provider:
        assert worker.run(spec(provider.url, tmp_path, maxErrors=2)).answer == "fine"
        provider.script = in_turn(cell("1/0"))
        failed = worker.run(spec(provider.url, tmp_path, maxErrors=2))
    assert (failed.terminal["code"], failed.terminal["stopReason"]) == ("error_threshold_exceeded", "errors")
    assert "ZeroDivisionError" in failed.terminal["message"]
    assert len(failed.of("iteration.completed")) == 2


def test_an_answer_wins_over_a_limit_of_the_same_iteration(worker: Worker, tmp_path: Path) -> None:
    both = "Done.\n```repl\nanswer['content'] = 'kept'\nanswer['ready'] = True\n```\n```repl\n1/0\n```"
    with FakeProvider(in_turn(both)) as provider:
        assert worker.run(spec(provider.url, tmp_path, maxErrors=1, maxTokens=1)).answer == "kept"


def test_exhausted_is_a_failure_with_what_there_is(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn(cell("x = 1"), cell("x = 2"), "It is probably 2.")) as provider:
        asked = worker.run(spec(provider.url, tmp_path, maxIterations=2))
        assert asked.roles == ["root", "root", "default_answer"]
        assert provider.requests[-1].messages[-1]["role"] == "user"
        provider.script = in_turn(cell("answer['content'] = 'so far'"))
        kept = worker.run(spec(provider.url, tmp_path, maxIterations=2))
        provider.script = in_turn(cell("x = 1"), cell("x = 1"), "```repl\nprint(x)\n```")
        code = worker.run(spec(provider.url, tmp_path, maxIterations=2))
        provider.script = in_turn(cell("x = 1"), cell("x = 1"), Reply("no more", status=400))
        refused = worker.run(spec(provider.url, tmp_path, maxIterations=2))
    outcomes = {(r.terminal["code"], r.terminal["stopReason"]) for r in (asked, kept, code, refused)}
    assert outcomes == {("max_iterations", "max_iterations")}
    assert asked.terminal["partialAnswer"] == "It is probably 2."
    assert (kept.roles, kept.terminal["partialAnswer"]) == (["root", "root"], "so far")
    assert code.terminal["partialAnswer"] == cell("x = 1"), "code alone is no answer; the prose before it may be"
    assert "no more" in refused.of("log")[0]["message"]
