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
from journals import KeepingHost
from worker_harness import Message, Run, Worker, spec

TOOL = {
    "name": "lookup",
    "description": "Finds it.",
    "parameters": {"type": "object", "properties": {"id": {"type": "integer"}}},
    "returns": None,
    "inChildren": True,
}
NUMBER = {"schema": {"type": "integer"}, "check": True, "requireCoverage": None, "typedSubCalls": True}


def serve(request: Message) -> Message:
    """A host whose tool doubles a number, and that takes 42 alone for an answer."""
    if request["type"] == "tool.call":
        value = request["arguments"]["id"] * 2
        return {"type": "tool.result", "outcome": {"kind": "value", "value": value}}
    fault = {"source": "schema", "path": "", "message": "it is not 42"}
    return {"type": "answer.result", "problems": [] if request["text"] == "42" else [fault]}


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
        before = len(self.host.kept)
        with Worker(host=self.host) as worker:
            worker.start(spec(self.url, self.tmp_path, journal=journal, **self.changes), "run")
            worker.wait(lambda message: self.host.gone.is_set() or message["type"] in ("run.completed", "run.failed"))
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
    return json.loads(re.sub(r":[0-9]+/v1", "", json.dumps(whole)))


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
            done = lives.live(most=4)
            if done is not None:
                break
            assert lives.count < 40
        in_flight = sum(call["outcome"] == "abandoned" for call in lives.host.recorded() if call["kind"] == "call")
        assert len(provider.requests) <= asked + in_flight
        received = [json.dumps(request.messages) for request in provider.requests]
    assert lives.count > 1
    assert told(done) == told(undisturbed)
    assert done.of("replay.diverged") == []
    assert len(received) - len(set(received)) <= in_flight + asked - len(set(received))
