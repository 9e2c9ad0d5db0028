"""A kernel started ahead: taken by the next run that wants the same, by no other, never twice, never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fake_provider import FakeProvider, answer, in_turn
from needs import IMAGE, KINDS
from repl_harness import Bench, MakeBench, containers, is_running
from worker_harness import WAIT_SECONDS, Worker, repl_processes, spec

from rlm_worker.cancel import RunStopped, StopSignal
from rlm_worker.environments import warm
from rlm_worker.environments.warm import WarmKernels, warm_kernels
from rlm_worker.kernel.processes import descendants

pytestmark = pytest.mark.slow

PREWARM = {"prewarm": True}
PLACE = "import os, socket\nprint(os.environ['HOME'], socket.gethostname())"


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(warm, "_of_this_process", WarmKernels())
    yield
    warm_kernels().close()


def place(run: Bench) -> str:
    """What tells one kernel from another: its folder, and the name of its container."""
    return run(PLACE).stdout


def ended(run: Bench) -> None:
    run.repl.cleanup()
    warm_kernels().refill(run.run_id)


def until(fact: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def kept_by(run: Bench, kind: str) -> Callable[[], bool]:
    """Ends ``run``. Whether what it left waiting is still there: a process, or a container of any state."""
    assert warm_kernels().kept == []
    ended(run)
    (kept,) = warm_kernels().kept
    if kind != "docker":
        until(lambda: kept.pid)
        return lambda: is_running(kept.pid or 0)
    until(lambda: containers(f"label=rlm-bridge.run={run.run_id}"))
    (container,) = containers(f"label=rlm-bridge.run={run.run_id}")
    return lambda: containers(f"id={container}") != []


def killed(run: Bench, kind: str) -> None:
    """What ``run`` left waiting."""
    if kind == "docker":
        subprocess.run(["docker", "kill", *containers(f"label=rlm-bridge.run={run.run_id}")], check=True)
    else:
        os.kill(warm_kernels().kept[0].pid or 0, signal.SIGKILL)


def test_the_next_run_takes_it_and_ends_it_when_it_died_or_is_not_what_is_wanted(make: MakeBench, kind: str) -> None:
    """One run after another: each leaves a kernel, and all but the first find what the one before it left."""
    first, before = make(PREWARM, run_id="prewarm-first"), descendants(os.getpid())
    first("mine = 1")
    at_first = place(first)
    waiting = kept_by(first, kind)
    kept = containers("label=rlm-bridge.run=prewarm-first") if kind == "docker" else []

    second = make(PREWARM)
    at_second = place(second)
    assert waiting() and at_second != at_first
    assert "NameError" in second("print(mine)").stderr
    if kind == "docker":
        assert len(kept) == 1 and containers(f"name={second.container}") == kept
    waiting_for_third = kept_by(second, kind)
    assert not waiting()
    killed(second, kind)

    third = make(PREWARM)
    assert place(third) not in (at_first, at_second)
    assert not waiting_for_third()
    waiting = kept_by(third, kind)

    of_other_options = make({**PREWARM, "cellTimeoutMs": 1000})
    assert not waiting()
    assert of_other_options("print(1)").stdout == "1\n"
    waiting = kept_by(of_other_options, kind)

    not_prewarmed = make({"cellTimeoutMs": 1000})
    assert not waiting()
    assert not_prewarmed("print(1)").stdout == "1\n"
    ended(not_prewarmed)
    if kind == "docker":
        assert containers(f"label=rlm-bridge.run={not_prewarmed.run_id}") == []
    else:
        assert {*descendants(os.getpid())} < {*before}
    assert warm_kernels().kept == []


def test_another_output_limit_ends_it(make_local: MakeBench) -> None:
    first = make_local(PREWARM)
    waiting = kept_by(first, "local")
    other = make_local(PREWARM, max_output_chars=3_000_000)
    assert not waiting()
    assert len(other("print('x' * 2_000_000)").stdout) == 2_000_001


def test_a_run_stopped_before_it_starts_ends_it(make: MakeBench, kind: str) -> None:
    first, stop = make(PREWARM), StopSignal()
    waiting = kept_by(first, kind)
    stop.stop("cancelled", "early")
    with pytest.raises(RunStopped):
        make(PREWARM, stop=stop)
    assert not waiting()


def test_as_many_are_kept_as_runs_wanted_at_once_lately(make_forked: MakeBench) -> None:
    counts: list[int] = []
    for at_once in (3, 1, 1, 2):
        runs = [make_forked(PREWARM) for _ in range(at_once)]
        homes = {place(run) for run in runs}
        assert len(homes) == at_once
        for run in runs:
            ended(run)
        counts.append(len(warm_kernels().kept))
    warm_kernels().discard()
    assert counts == [3, 3, 1, 2]


def test_runs_of_many_threads_take_each_kept_kernel_once(make_forked: MakeBench) -> None:
    def lives(_: int) -> set[str]:
        homes = set[str]()
        for _ in range(3):
            run = make_forked(PREWARM)
            homes.add(place(run))
            ended(run)
        return homes

    with ThreadPoolExecutor(6) as pool:
        homes = list(pool.map(lives, range(6)))
    assert len(set[str]().union(*homes)) == 18
    assert 1 <= len(warm_kernels().kept) <= 6
    warm_kernels().discard()


@pytest.mark.parametrize("environment", KINDS)
@pytest.mark.parametrize("end", ["end of stdin", "SIGTERM", "SIGKILL"])
def test_it_ends_with_its_worker(environment: str, end: str, tmp_path: Path) -> None:
    options = dict(PREWARM)
    if environment == "docker":
        options["image"] = IMAGE
    with FakeProvider(in_turn(answer("'a'"), answer("'b'"))) as provider, Worker() as worker:
        run = spec(provider.url, tmp_path, environment=environment, environmentOptions=options)
        run_id = uuid.uuid4().hex
        worker.start(run, run_id)
        ran = worker.finish(run_id)
        assert ran.answer == "a"
        own = str(ran.of("environment.started")[0]["container"])
        label = f"label=rlm-bridge.run={run_id}"
        if environment == "docker":
            until(lambda: set(containers(label, "running")) - set(containers(f"name={own}")))
        else:
            until(lambda: repl_processes(worker))
        warm = repl_processes(worker)
        if end == "SIGTERM":
            worker.process.terminate()
        elif end == "SIGKILL":
            worker.process.kill()
        elif worker.process.stdin:
            worker.process.stdin.close()
        worker.process.wait(WAIT_SECONDS)

    def is_left() -> bool:
        in_docker = environment == "docker" and containers(label) != []
        return in_docker or any(map(is_running, warm))

    # A worker that is killed waits for nothing, a busy one not for ever: the end of its stdin is its end.
    until(lambda: not is_left())
