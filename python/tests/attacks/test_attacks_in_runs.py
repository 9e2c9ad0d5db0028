"""Every attack on the pipes and the keys, made in a run of the real worker: the wire holds, the bill is right, no key
is seen, and the worker takes the next run. Most are made one after another in a run, each in another interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fake_provider import FakeProvider, Reply, Request, answer, cell, in_turn
from needs import IMAGE
from worker_harness import API_KEY, Message, Run, Worker, spec

from attacks.cases import MARKS
from attacks.table import Attack, tried

pytestmark = pytest.mark.slow

OPTIONS = {
    "docker": {"image": IMAGE, "memoryMb": 512, "pidsLimit": 64, "tmpfsMb": 16, "cellTimeoutMs": 60_000},
    "landlock": {"memoryMb": 1024, "cellTimeoutMs": 60_000},
    "local": {"memoryMb": 1024, "cellTimeoutMs": 60_000},
}
STILL_SERVES = "print(6 * 7, llm_query('alive?'), lookup(7), len(context))"
NEXT_INTERPRETER = "import posix\nposix._exit(0)"
"""By no module that an attack spoils."""

BLOCKS = 3
"""For each attack: itself and these two."""

TOGETHER = 10
"""Attacks of one run: with many more, the processes of the suite would make the same run."""
LOOKUP = {
    "name": "lookup",
    "description": "Finds a customer.",
    "parameters": {"type": "object", "properties": {"id": {}}, "required": ["id"]},
    "returns": None,
    "inChildren": True,
}


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One for all runs: each finds it as the one before left it."""
    with Worker(env={"OPENAI_API_KEY": API_KEY, "ANTHROPIC_API_KEY": API_KEY}, host=lookup) as worker:
        yield worker


def lookup(request: Message) -> Message:
    """The host's only tool, and it is asked for no other."""
    assert request["tool"] == "lookup"
    return {"type": "tool.result", "outcome": {"kind": "value", "value": "found"}}


def sub_model(request: Request) -> Reply:
    """Refuses what a provider would, and quotes the key when it is asked about it."""
    prompt = request.messages[-1].get("content")
    if prompt == "what is my key?":
        return Reply(f"Incorrect API key provided: {API_KEY}", status=401)
    return Reply("yes") if isinstance(prompt, str) else Reply("no content", status=400)


def ends_its_run(environment: str, attack: Attack) -> bool:
    observed = attack.observed(environment)
    return observed is not None and (observed.status == "gone" or observed.final is not None)


def groups(environment: str) -> list[list[Attack]]:
    """The attacks that are made in one run: of the same options; one that ends its run is alone."""
    found: list[list[Attack]] = []
    for attack in sorted(tried(environment, in_runs=True), key=lambda attack: str(attack.options)):
        last = found[-1] if found else []
        fits = 0 < len(last) < TOGETHER and last[0].options == attack.options
        if fits and not any(ends_its_run(environment, one) for one in (last[0], attack)):
            last.append(attack)
        else:
            found.append([attack])
    return found


@dataclass(frozen=True)
class Made:
    """What was seen of an attack and of the blocks after it."""

    run: Run
    blocks: list[Message]
    asked: int
    called: int
    completed: int


def made_in_a_run(environment: str, attacks: list[Attack], worker: Worker, folder: Path) -> dict[str, Made]:
    """Asserts what holds for the whole run."""
    cells = [cell(code) for attack in attacks for code in (attack.source, STILL_SERVES, NEXT_INTERPRETER)]
    with FakeProvider(in_turn(*cells, answer("'survived'"), sub=sub_model)) as provider:
        options = {**OPTIONS[environment], **attacks[0].options}
        place = {"environment": environment, "environmentOptions": options, "maxIterations": len(cells) + 1}
        run = worker.run(spec(provider.url, folder, **place, tools=[LOOKUP]))
    assert_the_bill(run, provider)
    assert API_KEY not in json.dumps(run.events) + worker.stderr_text()
    assert len(attacks) == 1 or run.answer == "survived"
    turns = [at for at, request in enumerate(provider.requests) if request.model == "root-model"]
    ends = [at for at, event in enumerate(run.events) if event["type"] == "codeBlock.completed"]
    found: dict[str, Made] = {}
    for first, attack in zip(range(0, len(cells), BLOCKS), attacks, strict=True):
        requests = [request.model for request in provider.requests[slice(*_around(turns, first))]]
        events = run.events[slice(*_around([0, *ends], first))]
        types = [event["type"] for event in events]
        blocks = [run.events[at] for at in ends[first : first + BLOCKS]]
        found[attack.program] = Made(
            run, blocks, requests.count("sub-model"), types.count("tool.call"), types.count("tool.completed")
        )
    return found


def _around(places: list[int], first: int) -> tuple[int | None, int | None]:
    return (*places[first : first + 1], None)[0], (*places[first + BLOCKS : first + BLOCKS + 1], None)[0]


@pytest.fixture(scope="module")
def made(worker: Worker, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, list[Attack]], dict[str, Made]]:
    """Each run once."""
    runs: dict[tuple[str, str], dict[str, Made]] = {}

    def of(environment: str, attacks: list[Attack]) -> dict[str, Made]:
        key = environment, attacks[0].program
        if key not in runs:
            runs[key] = made_in_a_run(environment, attacks, worker, tmp_path_factory.mktemp("run"))
        return runs[key]

    return of


CASES = [
    pytest.param(environment, group, attack, id=f"{environment}:{attack.program}", marks=marks)
    for environment, marks in MARKS.items()
    for group in groups(environment)
    for attack in group
]


@pytest.mark.parametrize(("environment", "group", "attack"), CASES)
def test_attack_in_a_run(environment: str, group: list[Attack], attack: Attack, made: Any) -> None:
    observed, seen = attack.observed(environment), made(environment, group)[attack.program]
    assert observed is not None
    if observed.status == "gone":
        assert (seen.run.terminal["type"], seen.run.terminal["code"]) == ("run.failed", "environment_died")
        return
    first, *later = seen.blocks
    observed.check(first["status"], first["stdout"], first["stderr"], seen.run.answer if observed.final else None)
    if observed.final is not None:
        return
    assert later[0]["status"] == attack.next_status, later[0]["stderr"]
    if attack.next_status == "ok":
        assert (later[0]["stdout"], later[0]["stderr"]) == ("42 yes found 18\n", "")
        assert attack.asked == -1 or seen.asked == attack.asked + 1
        assert seen.called == seen.completed == attack.called + 1
    assert seen.run.answer == "survived"


def assert_the_bill(run: Run, provider: FakeProvider) -> None:
    """What the worker reports is what the provider counted."""
    assert len(run.of("call.completed")) == len(provider.requests)
    assert run.totals["subCalls"] == sum(request.model == "sub-model" for request in provider.requests)


def test_local_code_can_kill_the_worker_and_nothing_of_the_run_is_left(tmp_path: Path) -> None:
    """Only in local: a container sees no process of the host."""
    with Worker() as worker:
        shown = "import os\nprint(os.getpid(), os.getppid(), flush=True)\nllm_query('go on')"
        code = f"{shown}\nos.kill({worker.process.pid}, 9)"
        with FakeProvider(in_turn(cell(code), sub=sub_model)) as provider:
            worker.start(spec(provider.url, tmp_path), "killed")
            pids = [int(pid) for pid in worker.wait_type("codeBlock.output")["text"].split()]
            assert worker.process.wait(30) == -9
        until_gone = f"import os, time\nwhile any(os.path.exists(f'/proc/{{pid}}') for pid in {pids}): time.sleep(0.02)"
        subprocess.run([sys.executable, "-c", until_gone], check=True, timeout=30)
    assert "run.completed" not in [message["type"] for message in worker.messages]
