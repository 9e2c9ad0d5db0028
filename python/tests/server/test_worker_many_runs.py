"""Runs that share the real worker at the same time: each gets its own, and whatever works for it knows whose it is."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_provider import FakeProvider, Reply, Request, Script, answer, cell
from worker_harness import Message, Run, Worker, spec

pytestmark = pytest.mark.slow

NAMES = ("ada", "bob", "cleo", "dan")


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as worker:
        yield worker


def together(script: Script, turns: int) -> Script:
    """``script``, but no run gets its reply of a turn before each of them has asked for it: they run side by side."""
    barriers = [threading.Barrier(len(NAMES)) for _ in range(turns)]

    def scripted(request: Request) -> Reply:
        if not request.is_plain and request.turns < turns and request.model == "root-model":
            barriers[request.turns].wait(120)
        return script(request)

    return scripted


def at_once(worker: Worker, provider: FakeProvider, folder: Path, **changes: Message) -> dict[str, Run]:
    """A run of each name; ``changes`` of its spec by name."""
    for name in NAMES:
        (folder / name).mkdir()
        its = {"query": f"I am {name}.", "context": f"the secret of {name}\n" * 50, **changes.get(name, {})}
        context = its.pop("context")
        worker.start(spec(provider.url, folder / name, context=context, **its), f"{folder.name}/{name}")
    return {name: worker.finish(f"{folder.name}/{name}") for name in NAMES}


def whose(request: Request) -> str:
    text = json.dumps(request.messages)
    [name] = [name for name in NAMES if f"I am {name}." in text or f"the secret of {name}" in text]
    return name


def test_each_has_its_own_context_calls_answer_and_coverage(worker: Worker, tmp_path: Path) -> None:
    replies = [cell("said = llm_query(context)"), answer("context[:30].split(chr(10))[0] + '/' + said")]

    def script(request: Request) -> Reply:
        if request.model == "sub-model":
            return Reply(f"sub of {whose(request)}", 40, 5)
        return Reply(replies[request.turns], 100, 10 + NAMES.index(whose(request)))

    with FakeProvider(together(script, 2)) as provider:
        runs = at_once(worker, provider, tmp_path)
    for name, run in runs.items():
        assert run.answer == f"the secret of {name}/sub of {name}"
        assert run.roles == ["root", "llm_query", "root"]
        assert run.totals["outputTokens"] == 2 * (10 + NAMES.index(name)) + 5
        assert run.of("coverage.measured")[0]["seenFraction"] == 1
        others = set(NAMES) - {name}
        assert not [other for other in others if f"secret of {other}" in json.dumps(run.events)]


def test_the_seams_of_each_serve_it_alone(worker: Worker, tmp_path: Path) -> None:
    """Its children, its prices, and where its output is cut: all of it comes by names of the official library."""
    turns = [cell("print('x' * 2000)\nprint(rlm_query('I am a child. ' + context[:30]))"), answer("'done'")]

    def script(request: Request) -> Reply:
        if request.model == "sub-model":
            return Reply(answer("'a child'"), 900_000, 100_000)
        return Reply(turns[request.turns], 900_000, 100_000)

    by_name = {name: NAMES.index(name) + 1 for name in NAMES}
    changes = {
        name: {
            "maxDepth": 2,
            "maxOutputChars": 100 * factor,
            "prices": {model: rates(factor) for model in ("root-model", "sub-model")},
        }
        for name, factor in by_name.items()
    }
    with FakeProvider(together(script, 2)) as provider:
        runs = at_once(worker, provider, tmp_path, **changes)
        asked = {whose(request): request for request in provider.requests if request.turns}
    for name, run in runs.items():
        assert run.roles == ["root", "child", "root"]
        assert run.totals["costUsd"] == 3 * by_name[name]
        shown = max(text.count("x" * 50) * 50 for text in texts_of(asked[name]))
        assert 100 * (by_name[name] - 1) < shown <= 100 * by_name[name]


def texts_of(request: Request) -> list[str]:
    return [message["content"] for message in request.messages if message["role"] != "system"]


def rates(usd: float) -> Message:
    return {"inputUsdPerMTok": usd, "outputUsdPerMTok": usd, "cachedInputUsdPerMTok": usd, "cacheWriteUsdPerMTok": None}


def test_a_cancel_ends_one_of_them(worker: Worker, tmp_path: Path) -> None:
    held = Reply(hold=True)
    with FakeProvider(lambda request: held if whose(request) != "bob" else Reply(answer("'b'"))) as provider:
        for name in NAMES:
            (tmp_path / name).mkdir()
            worker.start(spec(provider.url, tmp_path / name, query=f"I am {name}."), f"{tmp_path.name}/{name}")
        provider.wait(lambda p: len(p.requests) == len(NAMES))
        assert worker.finish(f"{tmp_path.name}/bob").answer == "b"
        worker.send({"type": "run.cancel", "id": f"{tmp_path.name}/cleo"})
        assert worker.finish(f"{tmp_path.name}/cleo").terminal["code"] == "cancelled"
        provider.wait(lambda p: p.closed == 1)
        ended = [message["id"] for message in worker.messages if message["type"] in ("run.failed", "run.completed")]
        assert not {f"{tmp_path.name}/{name}" for name in ("ada", "dan")} & set(ended)
        for name in ("ada", "dan"):
            worker.send({"type": "run.cancel", "id": f"{tmp_path.name}/{name}"})
            worker.finish(f"{tmp_path.name}/{name}")


def held_by(pid: int) -> tuple[int, int]:
    """Threads and descriptors."""
    return len(os.listdir(f"/proc/{pid}/task")), len(os.listdir(f"/proc/{pid}/fd"))


def test_sequential_runs_grow_nothing(tmp_path: Path) -> None:
    code = "said = llm_query_batched(['a', 'b'])\nrlm_query('c')"
    changes: Message = {"maxDepth": 2, "maxDurationMs": 600_000}
    root = (cell(code), answer("said[0]"))

    def script(request: Request) -> Reply:
        return Reply(answer("'x'") if request.model == "sub-model" else root[request.turns])

    with FakeProvider(script) as provider, Worker() as worker:
        pid = worker.process.pid

        def run() -> tuple[int, int]:
            assert worker.run(spec(provider.url, tmp_path, **changes)).answer
            return held_by(pid)

        for _ in range(3):
            run()
        first, later = [run() for _ in range(5)], [run() for _ in range(20)]
        for before, after in zip(zip(*first, strict=True), zip(*later[-5:], strict=True), strict=True):
            assert min(after) <= max(before)  # a thread of the last run may still be on its way out
        assert len(list(worker.folder.iterdir())) <= 1  # that of the last run, which its answer does not wait for


SAYS_WHOSE = """
import logging, threading
from rlm_worker import cancel
from rlm_worker.environments import kernel_repl, requests
from rlm_worker.loop import scope, sub_calls, tree

log = logging.getLogger("rlm_worker.test")

def said(kind, function):
    def wrapped(*args, **kwargs):
        of = scope.current_scope()
        log.info("%s in %s for %s", kind, threading.current_thread().name.split("-")[0], of and of.run_id)
        return function(*args, **kwargs)
    return wrapped

tree.TreeRLM.completion = said("loop", tree.TreeRLM.completion)
sub_calls.SubCallBatch._complete = said("batch", sub_calls.SubCallBatch._complete)
kernel_repl.KernelREPL.on_request = said("kernel", kernel_repl.KernelREPL.on_request)
requests.RequestService._results = said("request", requests.RequestService._results)
cancel.StopSignal.stop = said("stop", cancel.StopSignal.stop)
"""

THREADS = {
    "the run": "loop in run",
    "a child": "loop in rlm",
    "a batch, on the client loop": "batch in provider",
    "the reader of the kernel": "kernel in rlm",
    "a request of the REPL": "request in rlm",
    "a timer": "stop in Thread",
}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What each run was told of the threads that worked for it; all of them end by a timer."""
    code = "llm_query_batched(['a', 'b'])\nrlm_query_batched(['c', 'd'])"

    def script(request: Request) -> Reply:
        if request.model == "sub-model":
            return Reply(answer("'x'"))
        return Reply(cell(code)) if request.turns == 0 else Reply(hold=True)

    folder = tmp_path_factory.mktemp("threads")
    changes: dict[str, Message] = {name: {"maxDepth": 2, "maxDurationMs": 20_000} for name in NAMES}
    with FakeProvider(together(script, 2)) as provider, Worker(changes=SAYS_WHOSE) as worker:
        runs = at_once(worker, provider, folder, **changes)
    return {f"{folder.name}/{name}": [log["message"] for log in run.of("log")] for name, run in runs.items()}


@pytest.mark.long
@pytest.mark.parametrize("begins", THREADS.values(), ids=THREADS.keys())
def test_every_thread_that_works_for_a_run_knows_which(begins: str, said: dict[str, list[str]]) -> None:
    for run_id, logs in said.items():
        assert (
            {line for line in logs if line.startswith(begins)}
            == {line for line in logs if line.startswith(begins) and line.endswith(f" for {run_id}")}
            != set()
        )
