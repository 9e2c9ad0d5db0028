"""Sessions of the real worker: one at a time, its runs share a REPL, and nothing of it outlives it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_provider import FakeProvider, Reply, answer, cell, in_turn
from repl_harness import is_running
from worker_harness import WAIT_SECONDS, Message, Run, Worker, repls, spec

pytestmark = pytest.mark.slow

PID = "import os\nprint(os.getpid(), flush=True)\n"


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker() as worker:
        yield worker


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(in_turn()) as provider:
        yield provider


def turn(
    worker: Worker, provider: FakeProvider, tmp_path: Path, *cells: str, session: str | None = "s1", **changes: Any
) -> Run:
    provider.script = in_turn(*map(cell, cells), answer("'done'"))
    return worker.run(spec(provider.url, tmp_path, session=session, **changes))


def printed(run: Run) -> list[str]:
    return [block["stdout"].strip() for block in run.of("codeBlock.completed")][:-1]


def refused(worker: Worker, message: Message) -> str:
    worker.send(message)
    return worker.wait_type("protocol.error", id=message["id"])["code"]


def test_runs_of_a_session_share_an_interpreter(worker: Worker, provider: FakeProvider, tmp_path: Path) -> None:
    first = turn(worker, provider, tmp_path, PID + "kept = 1")
    second = turn(worker, provider, tmp_path, PID + "print(kept, context_1)", context="other")
    assert printed(second) == [printed(first)[0] + "\n1 other"]
    assert (len(first.of("environment.started")), second.of("environment.started")) == (1, [])
    assert [len(run.of("context.loaded")) for run in (first, second)] == [1, 1]


def test_one_session_at_a_time(worker: Worker, provider: FakeProvider, tmp_path: Path) -> None:
    turn(worker, provider, tmp_path, "kept = 1")
    for number, other in enumerate((None, "s2")):
        start = {"type": "run.start", "id": f"other-{number}", "spec": spec(provider.url, tmp_path, session=other)}
        assert refused(worker, start) == "session_in_progress"
    assert refused(worker, {"type": "session.close", "id": "s2"}) == "unknown_session"
    assert printed(turn(worker, provider, tmp_path, "print(kept)")) == ["1"]


def test_closed_it_leaves_no_process_and_the_worker_takes_other_runs(
    worker: Worker, provider: FakeProvider, tmp_path: Path
) -> None:
    first = turn(worker, provider, tmp_path, PID)
    worker.send({"type": "session.close", "id": "s1"})
    worker.wait_type("session.closed", id="s1")
    assert not is_running(int(printed(first)[0]))
    assert refused(worker, {"type": "session.close", "id": "s1"}) == "unknown_session"
    for session in (None, "s2", "s2"):
        assert turn(worker, provider, tmp_path, session=session).answer == "done"


def test_a_session_is_not_closed_under_its_run(worker: Worker, provider: FakeProvider, tmp_path: Path) -> None:
    provider.script = in_turn(Reply(hold=True))
    worker.start(spec(provider.url, tmp_path, session="s1"), "r1")
    provider.wait(lambda p: len(p.requests) == 1)
    assert refused(worker, {"type": "session.close", "id": "s1"}) == "run_in_progress"
    worker.send({"type": "run.cancel", "id": "r1"})
    assert worker.finish("r1").terminal["code"] == "cancelled"
    worker.send({"type": "session.close", "id": "s1"})
    worker.wait_type("session.closed", id="s1")


@pytest.mark.parametrize("how", ["shutdown", "end of stdin", "SIGKILL"])
def test_the_end_of_the_worker_is_the_end_of_the_session(how: str, provider: FakeProvider, tmp_path: Path) -> None:
    with Worker() as worker:
        kernel = int(printed(turn(worker, provider, tmp_path, PID))[0])
        if how == "shutdown":
            worker.send({"type": "shutdown"})
        elif how == "SIGKILL":
            worker.process.kill()
        else:
            assert worker.process.stdin is not None
            worker.process.stdin.close()
        assert worker.process.wait(WAIT_SECONDS) in (0, -9)
    while is_running(kernel):
        continue


def test_prewarm_starts_no_other_kernel(worker: Worker, provider: FakeProvider, tmp_path: Path) -> None:
    options = {"prewarm": True}
    turn(worker, provider, tmp_path, session=None, environmentOptions=options)
    for _ in range(2):
        turn(worker, provider, tmp_path, environmentOptions=options)
    assert repls(worker) == 1


def test_the_history_of_compaction_goes_on(worker: Worker, provider: FakeProvider, tmp_path: Path) -> None:
    first = turn(worker, provider, tmp_path, "print(1)", compaction=True)
    assert first.answer == "done"
    second = turn(worker, provider, tmp_path, "print(len(history), len(history_0))", compaction=True)
    entries, messages = map(int, printed(second)[0].split())
    assert (entries, messages) == (1, 6)


LATE = """
import threading, time
import rlm_worker.run.run as run
run.UNWIND_GRACE_SECONDS = 0.05
official = run.Session.turn
from contextlib import contextmanager

@contextmanager
def slow(self, root):
    with official(self, root):
        try:
            yield
        finally:
            time.sleep(0.6)

run.Session.turn = slow
"""


def test_a_turn_that_unwinds_late_is_waited_for_by_the_next(provider: FakeProvider, tmp_path: Path) -> None:
    with Worker(changes=LATE) as worker:
        provider.script = in_turn(cell("kept = 5\nprint('on', flush=True)\nwhile True: pass"))
        worker.start(spec(provider.url, tmp_path, session="s1"), "r1")
        worker.wait_type("codeBlock.output")
        worker.send({"type": "run.cancel", "id": "r1"})
        assert worker.finish("r1").terminal["code"] == "cancelled"
        assert printed(turn(worker, provider, tmp_path, "print(kept)")) == ["5"]
        assert worker.process.poll() is None


def test_an_interpreter_that_dies_gets_the_contexts_of_all_turns_again(
    worker: Worker, provider: FakeProvider, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    turn(worker, provider, folders[0], context="first")
    second = turn(worker, provider, folders[1], "import os\nos._exit(3)", "print(context, context_1)", context="second")
    assert printed(second)[1] == "first second"
    assert printed(turn(worker, provider, folders[0], "print(context_1)", context="third")) == ["second"]
