"""A kernel started ahead: taken by the next run that wants the same, by no other, never twice, never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_provider import FakeProvider, answer, in_turn
from needs import IMAGE, KINDS
from repl_harness import Bench, MakeBench, containers, is_running
from worker_harness import WAIT_SECONDS, Worker, spec

from rlm_worker.cancel import RunStopped, StopSignal
from rlm_worker.environments.warm import warm_kernels
from rlm_worker.kernel.processes import descendants

pytestmark = pytest.mark.slow

PREWARM = {"prewarm": True}
PLACE = "import os, socket\nprint(os.environ['HOME'], socket.gethostname())"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    yield
    warm_kernels().discard()


def place(run: Bench) -> str:
    """What tells one kernel from another: its folder, and the name of its container."""
    return run(PLACE).stdout


def ended(run: Bench) -> None:
    run.repl.cleanup()
    warm_kernels().refill()


def until(fact: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def kept_by(action: Callable[[], None]) -> int:
    """The process that ``action`` started and left waiting."""
    assert warm_kernels().kept is None
    action()
    kept = warm_kernels().kept
    assert kept is not None
    until(lambda: kept.pid)
    return kept.pid or 0


def test_the_next_run_takes_it_and_finds_nothing_of_the_last(make: MakeBench, kind: str) -> None:
    first = make(PREWARM, run_id="prewarm-first")
    first("mine = 1")
    at_first = place(first)
    warm = kept_by(lambda: ended(first))
    kept = containers("label=rlm-bridge.run=prewarm-first") if kind == "docker" else []
    second = make(PREWARM)
    assert is_running(warm) and place(second) != at_first
    assert "NameError" in second("print(mine)").stderr
    if kind == "docker":
        assert len(kept) == 1 and containers(f"name={second.container}") == kept
    second.repl.cleanup()
    assert not is_running(warm)
    third = make(PREWARM)
    assert place(third) not in (at_first, place(make()))


@pytest.mark.parametrize("changes", [{"cellTimeoutMs": 1000}, {"prewarm": False}], ids=["options", "not prewarmed"])
def test_another_run_ends_it(make: MakeBench, changes: dict[str, Any]) -> None:
    first = make(PREWARM)
    warm = kept_by(lambda: ended(first))
    other = make({**PREWARM, **changes})
    assert not is_running(warm)
    assert other("print(1)").stdout == "1\n"


def test_another_output_limit_ends_it(make_local: MakeBench) -> None:
    first = make_local(PREWARM)
    warm = kept_by(lambda: ended(first))
    other = make_local(PREWARM, max_output_chars=3_000_000)
    assert not is_running(warm)
    assert len(other("print('x' * 2_000_000)").stdout) == 2_000_001


def test_nothing_is_kept_unasked(make: MakeBench) -> None:
    first, before = make(), descendants(os.getpid())
    ended(first)
    assert {*descendants(os.getpid())} < {*before}


def test_one_that_died_meanwhile_is_replaced(make: MakeBench, kind: str) -> None:
    first = make(PREWARM, run_id="prewarm-died")
    warm = kept_by(lambda: ended(first))
    if kind == "docker":
        subprocess.run(["docker", "kill", *containers("label=rlm-bridge.run=prewarm-died")], check=True)
    else:
        os.kill(warm, signal.SIGKILL)
    second = make(PREWARM)
    assert second("print(1)").stdout == "1\n"
    assert not is_running(warm)


def test_a_run_stopped_before_it_starts_ends_it(make: MakeBench) -> None:
    first, stop = make(PREWARM), StopSignal()
    warm = kept_by(lambda: ended(first))
    stop.stop("cancelled", "early")
    with pytest.raises(RunStopped):
        make(PREWARM, stop=stop)
    assert not is_running(warm)


@pytest.mark.parametrize("environment", KINDS)
@pytest.mark.parametrize("end", ["end of stdin", "SIGTERM", "SIGKILL"])
def test_it_ends_with_its_worker(environment: str, end: str, tmp_path: Path) -> None:
    options = dict(PREWARM)
    if environment == "docker":
        options["image"] = IMAGE
    with FakeProvider(in_turn(answer("'a'"), answer("'b'"))) as provider, Worker() as worker:
        run = spec(provider.url, tmp_path, environment=environment, environmentOptions=options)
        worker.start(run, tmp_path.name)
        assert worker.finish(tmp_path.name).answer == "a"
        until(lambda: descendants(worker.process.pid))
        warm = descendants(worker.process.pid)
        if end == "SIGTERM":
            worker.process.terminate()
        elif end == "SIGKILL":
            worker.process.kill()
        elif worker.process.stdin:
            worker.process.stdin.close()
        worker.process.wait(WAIT_SECONDS)

    def is_left() -> bool:
        in_docker = environment == "docker" and containers(f"label=rlm-bridge.run={tmp_path.name}") != []
        return in_docker or any(map(is_running, warm))

    # A worker that is killed waits for nothing, a busy one not for ever: the end of its stdin is its end.
    until(lambda: not is_left())
