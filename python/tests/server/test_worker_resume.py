"""A run that is resumed from its journal: nothing is asked twice, and it ends as it would have."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_provider import FakeProvider, Reply, Request, Script, answer, cell
from journals import NUMBER, TOOL, KeepingHost, serve
from worker_harness import API_KEY, TERMINAL, Message, Run, Worker, spec

pytestmark = pytest.mark.slow


def by_history(*codes: str, sub: Callable[[Request], str] = lambda request: f"sub: {request.last[:40]}") -> Script:
    """A root that says its next line by what it said before, as a model does, and so says it again when asked again."""

    def script(request: Request) -> Reply:
        if request.is_plain:
            return Reply(sub(request), 40, 5)
        return Reply(codes[min(request.turns, len(codes) - 1)], 100, 10)

    return script


CHILD = by_history(cell("x = llm_query('leaf ' + context)\nprint(x)"), answer("x + '!'"))


def with_children(*codes: str) -> Script:
    root = by_history(*codes)
    return lambda request: root(request) if request.model == "root-model" else CHILD(request)


SCENARIOS: dict[str, tuple[Script, Message]] = {
    "batches": (
        by_history(
            cell("a = llm_query_batched([f'part {i}' for i in range(5)])\nprint(a)"),
            cell("b = llm_query('once more')\nprint(b)"),
            answer("str(len(a)) + b"),
        ),
        {},
    ),
    "tools and a refused answer": (
        by_history(cell("n = lookup(id=21)\nprint(n)"), answer("n + 1"), answer("n")),
        {"tools": [TOOL], "answer": NUMBER},
    ),
    "children": (
        with_children(cell("c = rlm_query_batched(['one', 'two', 'three'])\nprint(c)"), answer("' '.join(c)")),
        {"maxDepth": 2},
    ),
    "random and sets": (
        by_history(
            cell("import random\nprint(llm_query(f'draw {random.random()} {set(\"abcdef\")}'))"),
            cell("print(random.random(), llm_query(f'again {random.randint(1, 10**9)}'))"),
            answer("'drawn'"),
        ),
        {},
    ),
    "threads": (
        by_history(
            cell(
                "from concurrent.futures import ThreadPoolExecutor\n"
                "with ThreadPoolExecutor(4) as pool:\n"
                "    out = sorted(pool.map(llm_query, [f'thread {i}' for i in range(6)]))\n"
                "print(out)"
            ),
            answer("out[0]"),
        ),
        {},
    ),
    "direct": (by_history("41", "42"), {"strategy": "direct", "answer": NUMBER}),
    "refused calls": (
        by_history(cell("print(llm_query('a'))\nprint(llm_query('b'))"), cell("print(lookup(id=1))"), answer("'done'")),
        {"maxSubCalls": 1, "maxToolCalls": 0, "tools": [TOOL]},
    ),
    "failed calls": (
        by_history(cell("print(llm_query('fail'), llm_query('fine'))"), answer("'done'")),
        {},
    ),
    "typed sub-calls": (
        by_history(
            cell("n = llm_query('a number', schema={'type': 'integer'})\nprint(n)"),
            answer("n"),
            sub=lambda request: "no number",
        ),
        {},
    ),
}


SHORT = ("direct", "refused calls", "failed calls", "typed sub-calls", "tools and a refused answer")
"""With so few effects that each life is to have one."""


def failing(script: Script) -> Script:
    refusal = Reply(status=400, body='{"error": {"message": "no"}}')
    return lambda request: refusal if request.last == "fail" else script(request)


class Lives:
    """One run over its lives, each in a worker of its own."""

    def __init__(self, tmp_path: Path, url: str, **changes: Any) -> None:
        self.tmp_path = tmp_path
        self.host = KeepingHost(serve)
        self.changes = {**changes}
        self.url = url
        self.count = 0
        self.on_divergence = "continue"

    def live(self, most: int | None = None) -> Run | None:
        """One life, of at most so many effects; None when it was cut off by that."""
        self.host.most, self.count = most, self.count + 1
        recorded = self.host.write(self.tmp_path / f"recorded-{self.count}") if self.host.kept else None
        journal = {"recorded": recorded, "aliveMs": 0, "onDivergence": self.on_divergence, "seed": "seed"}
        journal.update({"ended": False, "aside": None})
        before = len(self.host.kept)
        # Uncut lives have another seed of hashes, and come to the same as the others.
        with Worker(host=self.host, template="uncut" if most is None else "") as worker:
            worker.start(spec(self.url, self.tmp_path, journal=journal, **self.changes), "run")
            worker.wait_until(lambda: self.host.gone.is_set() or any(m["type"] in TERMINAL for m in worker.messages))
            cut_off, events = self.host.gone.is_set(), list(worker.messages)
            if cut_off:
                worker.process.kill()
        self.host.gone.clear()
        kept_now, self.host.kept = self.host.kept[before:], self.host.kept[:before]
        self.host.kept += kept_now
        self.host.note_blocks([event for event in events if event["type"] != "strategy.chosen" or before == 0])
        return None if cut_off else Run([event for event in events if event.get("id") == "run"])


def told(run: Run) -> list[Message]:
    """What a run did, beside its times and where it ran."""
    kept = ("iteration.completed", "codeBlock.completed", "answer.rejected", "run.completed", "run.failed")
    told = [event for event in run.events if event["type"] in kept]
    order = sorted(told, key=lambda event: (event.get("node", ""), event.get("iteration", 99), event["type"]))
    whole = [{k: v for k, v in event.items() if k not in ("at", "durationMs")} for event in order]
    return json.loads(re.sub(r"127\.0\.0\.1:[0-9]+", "", json.dumps(whole)))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_run_that_is_ended_after_each_effect_comes_to_the_same_end(name: str, tmp_path: Path) -> None:
    script, changes = SCENARIOS[name]
    with FakeProvider(failing(script)) as provider:
        undisturbed = Lives(tmp_path, provider.url, **changes).live()
        asked = len(provider.requests)
    assert undisturbed is not None
    with FakeProvider(failing(script)) as provider:
        lives = Lives(tmp_path, provider.url, **changes)
        for _ in itertools.count():
            done = lives.live(most=1 if name in SHORT else 4)
            if done is not None:
                break
            assert lives.count < 40
        in_flight = sum(call["outcome"] == "abandoned" for call in lives.host.recorded() if call["kind"] == "call")
        assert len(provider.requests) <= asked + in_flight
    assert lives.count > 1
    assert told(done) == told(undisturbed)
    assert done.of("replay.diverged") == []


def cut_off(lives: Lives, *, after: int) -> None:
    assert lives.live(most=after) is None


CLOCK = by_history(cell("import time\nprint(time.time_ns())"), cell("print(llm_query('why'))"), answer("'late'"))


def test_a_code_block_that_reads_the_clock_goes_another_way_and_the_first_difference_is_told(tmp_path: Path) -> None:
    with FakeProvider(CLOCK) as provider:
        lives = Lives(tmp_path, provider.url)
        cut_off(lives, after=2)
        done = lives.live()
    assert done is not None and done.answer == "late"
    (diverged,) = done.of("replay.diverged")
    assert (diverged["what"], diverged["node"], diverged["iteration"]) == ("prompt", "0", 2)
    assert diverged["recorded"] != diverged["now"] and "character" in diverged["now"]
    assert len(done.of("call.replayed")) == 1
    assert len(provider.requests) == 6  # one of them was in flight at the kill, and one is asked in other words


def test_with_on_divergence_fail_nothing_is_asked_that_the_journal_does_not_have(tmp_path: Path) -> None:
    with FakeProvider(CLOCK) as provider:
        lives = Lives(tmp_path, provider.url)
        cut_off(lives, after=2)
        asked = len(provider.requests)
        lives.on_divergence = "fail"
        done = lives.live()
        assert len(provider.requests) == asked
    assert done is not None
    assert (done.terminal["code"], done.terminal["stopReason"]) == ("replay_diverged", "diverged")
    assert "iteration 2" in done.terminal["message"] and "onDivergence" in done.terminal["message"]


def test_what_a_code_block_does_not_ask_any_more_is_a_difference(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    flag.touch()
    code = f"import os\nif os.path.exists({str(flag)!r}):\n    llm_query('only once')\nllm_query('always')"
    with FakeProvider(by_history(cell(code), cell("print(llm_query('why'))"), answer("'late'"))) as provider:
        lives = Lives(tmp_path, provider.url)
        cut_off(lives, after=4)
        flag.unlink()
        done = lives.live()
    assert done is not None and done.answer == "late"
    assert [event["what"] for event in done.of("replay.diverged")] == ["missing"]


def test_what_earlier_lives_spent_or_may_have_spent_counts_against_the_budget(tmp_path: Path) -> None:
    script = by_history(cell("print(llm_query('first'))"), cell("print(llm_query('second'))"), answer("'done'"))
    with FakeProvider(script) as provider:
        lives = Lives(tmp_path, provider.url, maxBudgetUsd=1.0)
        cut_off(lives, after=2)
        (in_flight,) = [call for call in lives.host.recorded() if call.get("outcome") == "abandoned"]
        spent = sum(call["costUsd"] or call["reservedUsd"] for call in lives.host.recorded() if call["kind"] == "call")
        lives.changes["maxBudgetUsd"] = spent + 0.0001
        done = lives.live()
    assert done is not None and in_flight["reservedUsd"] > 0
    assert done.terminal["code"] == "budget_exceeded"
    assert len(done.of("call.replayed")) == 2


def test_limits_of_calls_and_tools_go_on_over_the_lives(tmp_path: Path) -> None:
    script = by_history(
        cell("print(llm_query('a'), lookup(id=1))"),
        cell("print(llm_query('b'))\ntry:\n    lookup(id=2)\nexcept RuntimeError as error:\n    print(error)"),
        answer("'done'"),
    )
    with FakeProvider(script) as provider:
        lives = Lives(tmp_path, provider.url, tools=[TOOL], maxSubCalls=1, maxToolCalls=1)
        cut_off(lives, after=3)
        done = lives.live()
    assert done is not None
    printed = "".join(block["stdout"] for block in done.of("codeBlock.completed"))
    assert "sub-call limit reached (1 of 1)" in printed and "tool call limit reached (1 of 1)" in printed


def test_a_failure_that_ended_the_run_is_tried_again_and_one_that_it_survived_is_not(tmp_path: Path) -> None:
    healthy = by_history(cell("print(llm_query('fail'))"), answer("'done'"))
    outage = {"is_there": True}

    def script(request: Request) -> Reply:
        if request.last == "fail" or (outage["is_there"] and request.turns == 1):
            return Reply(status=400, body='{"error": {"message": "no"}}')
        return healthy(request)

    with FakeProvider(script) as provider:
        lives = Lives(tmp_path, provider.url)
        ended = lives.live()
        assert ended is not None and ended.terminal["code"] == "provider_rejected_request"
        outage["is_there"] = False
        done = lives.live()
    assert done is not None and done.answer == "done"
    assert [request.last for request in provider.requests].count("fail") == 1


def test_effects_that_no_line_holds_travel_by_file(tmp_path: Path) -> None:
    script = by_history(cell("print(llm_query('x' * 5_000_000))"), answer("'done'"))
    with FakeProvider(script) as provider:
        lives = Lives(tmp_path, provider.url)
        cut_off(lives, after=2)
        done = lives.live()
    assert done is not None and done.answer == "done"
    assert [len(request.last) for request in provider.requests].count(5_000_000) == 1


def test_no_key_is_in_an_effect(tmp_path: Path) -> None:
    script = by_history(cell(f"print(llm_query('{API_KEY}'))"), answer("'done'"), sub=lambda request: request.last)
    with FakeProvider(script) as provider:
        lives = Lives(tmp_path, provider.url)
        lives.live()
    assert API_KEY not in json.dumps(lives.host.kept)


def test_a_run_that_used_all_its_iterations_goes_on_with_more_of_them_and_asks_only_what_is_new(tmp_path: Path) -> None:
    script = by_history(cell("print(llm_query('a'))"), cell("print(llm_query('b'))"), answer("'done'"))
    with FakeProvider(script) as provider:
        lives = Lives(tmp_path, provider.url, maxIterations=2)
        ended = lives.live()
        assert ended is not None and ended.terminal["code"] == "max_iterations"
        asked = len(provider.requests)
        lives.changes["maxIterations"] = 3
        done = lives.live()
    assert done is not None and done.answer == "done"
    assert done.of("replay.diverged") == [] and len(provider.requests) == asked + 1
