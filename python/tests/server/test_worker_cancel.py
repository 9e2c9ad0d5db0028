"""Stopping the real worker: at once, wherever it waits, its connections closed, and fit for the next run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_provider import FakeProvider, Reply, Script, answer, cell, in_turn
from worker_harness import WAIT_SECONDS, Worker, spec

pytestmark = pytest.mark.slow

HOLD = Reply(hold=True)
BUSY = "print('started', flush=True)\nwhile True: pass"


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as worker:
        yield worker


RUNS_A_CELL = in_turn(cell(BUSY))
CASES = [
    pytest.param(in_turn(HOLD), 1, id="root call"),
    pytest.param(in_turn(cell("llm_query_batched(list('abcdef'))"), sub=lambda _: HOLD), 6, id="batch"),
    pytest.param(in_turn(cell("rlm_query_batched(list('abc'))"), sub=lambda _: HOLD), 3, id="children"),
]


@pytest.mark.parametrize(("script", "held"), CASES)
def test_a_cancel_closes_the_connections(worker: Worker, script: Script, held: int, tmp_path: Path) -> None:
    with FakeProvider(script) as provider:
        worker.start(spec(provider.url, tmp_path, maxDepth=2), tmp_path.name)
        provider.wait(lambda p: len(p.requests) - len(p.answered) == held)
        worker.send({"type": "run.cancel", "id": tmp_path.name})
        run = worker.finish(tmp_path.name)
        provider.wait(lambda p: p.closed == held)
    assert (run.terminal["code"], run.terminal["stopReason"]) == ("cancelled", None)
    abandoned = [call for call in run.of("call.completed") if call["outcome"] == "abandoned"]
    assert len(abandoned) == held
    assert len(run.of("call.started")) == len(run.of("call.completed"))


@pytest.mark.parametrize("depth", [0, 1])
def test_a_cancel_ends_a_busy_cell(worker: Worker, depth: int, tmp_path: Path) -> None:
    script = in_turn(cell(BUSY)) if depth == 0 else in_turn(cell("rlm_query('x')"), sub=lambda _: Reply(cell(BUSY)))
    with FakeProvider(script) as provider:
        worker.start(spec(provider.url, tmp_path, maxDepth=2), tmp_path.name)
        worker.wait(lambda m: m["type"] == "codeBlock.output" and m["id"] == tmp_path.name and m["depth"] == depth)
        worker.send({"type": "run.cancel", "id": tmp_path.name})
        terminal = worker.finish(tmp_path.name).terminal
    assert terminal["code"] == "cancelled"


def test_a_cancelled_run_keeps_what_it_has_and_the_next_one_runs(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn(cell("answer['content'] = 'half'"), HOLD)) as provider:
        worker.start(spec(provider.url, tmp_path), "half")
        provider.wait(lambda p: len(p.requests) == 2)
        for _ in range(2):
            worker.send({"type": "run.cancel", "id": "half"})
        terminal = worker.finish("half").terminal
        assert (terminal["code"], terminal["partialAnswer"]) == ("cancelled", "half")
        provider.script = in_turn(answer("'whole'"))
        assert worker.run(spec(provider.url, tmp_path)).answer == "whole"


@pytest.mark.parametrize("script", [in_turn(HOLD), RUNS_A_CELL], ids=["model call", "busy cell"])
@pytest.mark.parametrize("how", ["end of stdin", "SIGTERM", "shutdown"])
def test_the_end_of_the_host_ends_the_worker(how: str, script: Script, tmp_path: Path) -> None:
    with FakeProvider(script) as provider, Worker() as worker:
        worker.start(spec(provider.url, tmp_path), "r1")
        provider.wait(lambda p: len(p.requests) == 1)
        if provider.script is RUNS_A_CELL:
            worker.wait_type("codeBlock.output")
        if how == "SIGTERM":
            worker.process.send_signal(signal.SIGTERM)
        elif how == "shutdown":
            worker.send({"type": "shutdown"})
        else:
            assert worker.process.stdin is not None
            worker.process.stdin.close()
        assert worker.finish("r1").terminal["code"] == "cancelled"
        assert worker.process.wait(WAIT_SECONDS) == 0


def test_an_idle_worker_exits_when_told(tmp_path: Path) -> None:
    with Worker() as worker:
        worker.wait_type("worker.ready")
        worker.send({"type": "shutdown"})
        assert worker.process.wait(WAIT_SECONDS) == 0


def test_ctrl_c_in_the_group_is_the_hosts_business(tmp_path: Path) -> None:
    with FakeProvider(in_turn(answer("'alive'"))) as provider, Worker() as worker:
        worker.wait_type("worker.ready")
        worker.process.send_signal(signal.SIGINT)
        assert worker.run(spec(provider.url, tmp_path)).answer == "alive"


STUCK_ENVIRONMENT = """
import threading
import rlm_worker.loop.seams as seams
import rlm_worker.server as server

server.LINGER_SECONDS = 2.0

class Stuck:
    answer_content = "so far"
    def execute_code(self, code):
        threading.Event().wait()
    def cleanup(self):
        pass

usual = seams.create_environment
seams.create_environment = lambda kind, kwargs, host: Stuck() if host.run_id == "r1" else usual(kind, kwargs, host)
"""


def test_a_run_that_cannot_unwind_lets_the_others_finish_and_its_worker_ends(tmp_path: Path) -> None:
    script = in_turn(answer("'fine'"))
    with FakeProvider(script) as provider, Worker(changes=STUCK_ENVIRONMENT) as worker:
        worker.start(spec(provider.url, tmp_path), "r1")
        worker.wait_type("codeBlock.started", id="r1")
        provider.script = in_turn(HOLD)
        worker.start(spec(provider.url, tmp_path), "r2")
        provider.wait(lambda p: len(p.requests) == 2)
        worker.send({"type": "run.cancel", "id": "r1"})
        assert worker.wait_type("worker.draining")["id"] == "r1"
        assert worker.finish("r1").terminal["code"] == "cancelled"
        provider.script = script
        worker.start(spec(provider.url, tmp_path), "on its way when that was said")
        assert worker.finish("on its way when that was said").answer == "fine"
        worker.send({"type": "run.cancel", "id": "r2"})
        assert worker.finish("r2").terminal["code"] == "cancelled"
        assert worker.process.wait(WAIT_SECONDS) == 0
    assert [message["type"] for message in worker.messages].count("worker.draining") == 1


def test_the_worker_of_a_run_that_cannot_unwind_ends(tmp_path: Path) -> None:
    with FakeProvider(in_turn(cell("never returns"))) as provider, Worker(changes=STUCK_ENVIRONMENT) as worker:
        worker.start(spec(provider.url, tmp_path), "r1")
        worker.wait_type("codeBlock.started")
        worker.send({"type": "run.cancel", "id": "r1"})
        terminal = worker.finish("r1").terminal
        assert (terminal["code"], terminal["partialAnswer"]) == ("cancelled", "so far")
        assert worker.process.wait(WAIT_SECONDS) == 0


def test_no_process_of_the_kernel_outlives_the_worker(tmp_path: Path) -> None:
    with (
        FakeProvider(in_turn(cell("import os; print(os.getpid(), flush=True)\n" + BUSY))) as provider,
        Worker() as worker,
    ):
        worker.start(spec(provider.url, tmp_path), "r1")
        output = worker.wait_type("codeBlock.output")
        kernel = int(output["text"].split()[0])
        assert kernel != worker.process.pid
        worker.process.kill()
        watch = f"import os, time\nwhile os.path.exists('/proc/{kernel}'): time.sleep(0.02)"
        subprocess.run([sys.executable, "-c", watch], check=True, timeout=WAIT_SECONDS)
    assert not os.path.exists(f"/proc/{kernel}")
