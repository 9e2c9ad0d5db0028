"""Every attack on the pipes and the keys, made in a run of the real worker: the wire holds, the bill is right, no key
is seen, and the worker takes the next run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_provider import FakeProvider, Reply, Request, answer, cell, in_turn
from needs import IMAGE
from worker_harness import API_KEY, Message, Run, Worker, spec

from attacks.cases import cases
from attacks.table import Attack

pytestmark = pytest.mark.slow

OPTIONS = {
    "docker": {"image": IMAGE, "memoryMb": 512, "pidsLimit": 64, "tmpfsMb": 16, "cellTimeoutMs": 60_000},
    "landlock": {"memoryMb": 1024, "cellTimeoutMs": 60_000},
    "local": {"memoryMb": 1024, "cellTimeoutMs": 60_000},
}
STILL_SERVES = "print(6 * 7, llm_query('alive?'), lookup(7), len(context))"
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


@pytest.mark.parametrize(("environment", "attack"), cases(in_runs=True))
def test_attack_in_a_run(environment: str, attack: Attack, worker: Worker, tmp_path: Path) -> None:
    observed = attack.observed(environment)
    assert observed is not None
    script = in_turn(cell(attack.source), cell(STILL_SERVES), answer("'survived'"), sub=sub_model)
    with FakeProvider(script) as provider:
        options = {**OPTIONS[environment], **attack.options}
        place = {"environment": environment, "environmentOptions": options}
        run = worker.run(spec(provider.url, tmp_path, **place, tools=[LOOKUP]))
        asked = [request for request in provider.requests if request.model == "sub-model"]
    assert_the_bill(run, provider)
    assert API_KEY not in json.dumps(run.events) + worker.stderr_text()
    if observed.status == "gone":
        assert (run.terminal["type"], run.terminal["code"]) == ("run.failed", "environment_died")
        return
    first, *later = run.of("codeBlock.completed")
    observed.check(first["status"], first["stdout"], first["stderr"], run.answer if observed.final else None)
    if observed.final is not None:
        return
    assert later[0]["status"] == attack.next_status, later[0]["stderr"]
    if attack.next_status == "ok":
        assert (later[0]["stdout"], later[0]["stderr"]) == ("42 yes found 18\n", "")
        assert attack.asked == -1 or len(asked) == attack.asked + 1
        assert len(run.of("tool.call")) == len(run.of("tool.completed")) == attack.called + 1
    assert run.answer == "survived"


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
