"""A REPL that does not answer: each step that talks to it has a limit, and says what was lost."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from repl_harness import HOLDS_THE_GIL, Bench, MakeBench
from test_turns import next_turn

from rlm_worker.environments import kernel_client, kernel_stream, process
from rlm_worker.errors import EnvironmentFailure

pytestmark = pytest.mark.slow

STUCK = {
    "stopped itself": "threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGSTOP]).start()",
    "has a thread that holds the GIL for ever": f"{HOLDS_THE_GIL}\nthreading.Timer(0.2, hold_the_gil).start()",
    "is in a signal handler for ever": (
        "def forever(*_): threading.Event().wait()\n"
        "_ = signal.signal(signal.SIGALRM, forever)\n_ = signal.setitimer(signal.ITIMER_REAL, 0.2)"
    ),
}
STUCK_BY_THEN_S = 1.0
FURNISHED = {"context_payload": "CONTEXT"}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_client, "PROBE_S", 1.0)
    monkeypatch.setattr(kernel_stream, "PING_AFTER_S", 0.2)


def stuck(run: Bench, code: str) -> None:
    run(f"import os, signal, threading\nmine = 1\n{code}")
    time.sleep(STUCK_BY_THEN_S)


@pytest.mark.parametrize("code", STUCK.values(), ids=STUCK.keys())
def test_between_two_turns_it_loses_the_session_and_says_what_was_lost(lend: MakeBench, code: str) -> None:
    run = lend({**FURNISHED, "lasting": True})
    run("kept = 5")
    stuck(run, code)
    assert run.repl.end_turn()
    with pytest.raises(EnvironmentFailure, match=r"it did not answer within 1 s.*variables lost: kept, .*mine") as lost:
        next_turn(run)
    assert lost.value.code == "session_lost"


@pytest.mark.parametrize("code", STUCK.values(), ids=STUCK.keys())
def test_between_two_blocks_of_a_run_it_is_replaced_and_the_model_told(lend: MakeBench, code: str) -> None:
    """The history of a compaction is loaded there."""
    run = lend({**FURNISHED, "compaction": True})
    before = int(run("print(len(history))").stdout)
    stuck(run, code)
    run.repl.append_compaction_entry([{"role": "user", "content": "h"}])
    result = run("print(context, len(history))")
    assert result.stdout == f"CONTEXT {before + 1}\n"
    assert "died after the last code block and was restarted; variables lost: os, signal, threading, m" in result.stderr


@pytest.mark.parametrize("code", STUCK.values(), ids=STUCK.keys())
def test_while_a_context_is_loaded_it_is_replaced(lend: MakeBench, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """It answered the probe before, and stops as the load begins."""
    run = lend(FURNISHED)
    restoration = run.repl._restoration  # pyright: ignore[reportPrivateUsage]
    run(f"import os, signal, threading\nmine = 1\n{code.replace('0.2', '0.5')}")
    monkeypatch.setattr(restoration, "_limit_s", 1.0)
    until = time.monotonic() + 60
    while restoration.unreported_death is None:
        assert time.monotonic() < until
        run.repl.add_context("x" * 3_000_000, 1)
    assert run("print(context, len(context_1))").stdout == "CONTEXT 3000000\n"


def test_a_supervisor_that_is_stopped_ends_the_code_block(
    make_local: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only in local: in a container it cannot be stopped."""
    monkeypatch.setattr(kernel_stream, "SILENCE_S", 1.0)
    run = make_local()
    supervisor = int(run("import os, signal; print(os.getppid())").stdout)
    with pytest.raises(EnvironmentFailure, match="it does not answer any more") as failure:
        run("os.kill(os.getppid(), signal.SIGSTOP)")
    assert failure.value.code == "environment_died"
    run.repl.cleanup()
    assert not os.path.exists(f"/proc/{supervisor}")


def test_a_supervisor_that_takes_no_input_ends_a_load(make_local: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_local(context_payload="CONTEXT")
    monkeypatch.setattr(process, "STALL_S", 1.0)
    monkeypatch.setattr(kernel_stream, "SILENCE_S", 1.0)
    supervisor = int(run("import os, signal, threading\nprint(os.getppid())").stdout)
    run("threading.Timer(0.1, os.kill, [os.getppid(), signal.SIGSTOP]).start()")
    while Path(f"/proc/{supervisor}/stat").read_text().rpartition(")")[2].split()[0] != "T":
        time.sleep(0.01)
    with pytest.raises(EnvironmentFailure, match="the REPL is gone") as failure:
        run.repl.add_context("x" * 30_000_000)
    assert failure.value.code == "environment_died"


@pytest.mark.long
def test_a_supervisor_that_is_busy_but_there_is_not_given_up(
    make_local: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting for longer than the limit is no reason: it answers, on a busy machine too."""
    monkeypatch.setattr(kernel_stream, "PING_AFTER_S", 0.2)
    monkeypatch.setattr(kernel_stream, "SILENCE_S", 8.0)
    run = make_local()
    results: list[str] = []
    thread = threading.Thread(target=lambda: results.append(run("print(llm_query('wait'))").stdout))
    thread.start()
    assert run.router.arrived()
    time.sleep(kernel_stream.SILENCE_S + 1)
    run.router.release()
    thread.join(30)
    assert results == ["echo:wait\n"]


def test_an_answer_that_comes_before_the_ping_is_noted_counts(
    make_local: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else nothing would ever come that says the supervisor is there, and it would be ended after the silence."""
    run = make_local()
    stream, held = run.repl._kernel._connection, run.repl._kernel._process  # pyright: ignore[reportPrivateUsage]
    assert stream is not None and held is not None
    write = held.write

    def write_and_be_answered(data: bytes, deadline: float) -> None:
        before = stream._listening_since  # pyright: ignore[reportPrivateUsage]
        write(data, deadline)
        while stream._listening_since in (before, None):  # pyright: ignore[reportPrivateUsage]
            time.sleep(0.01)

    monkeypatch.setattr(held, "write", write_and_be_answered)
    monkeypatch.setattr(kernel_stream, "PING_AFTER_S", 0.0)
    assert stream.answers()
    assert stream._pinged_at is None  # pyright: ignore[reportPrivateUsage]


def test_a_supervisor_that_is_stopped_for_a_moment_is_not_given_up(
    make_local: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel_stream, "SILENCE_S", 30.0)
    run = make_local()
    supervisor = int(run("import os, signal; print(os.getppid())").stdout)
    threading.Timer(1.5, os.kill, [supervisor, signal.SIGCONT]).start()
    assert run("os.kill(os.getppid(), signal.SIGSTOP); print('on')").stdout == "on\n"
