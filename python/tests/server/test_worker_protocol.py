"""What the real worker says to lines it can and cannot take, and that nothing else is ever on the wire."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import genai_prices
import pytest
from fake_provider import FakeProvider, Reply, answer, cell, in_turn
from worker_harness import API_KEY, SRC, Message, Worker, spec

import rlm_worker
from rlm_worker._generated.backends import BACKENDS
from rlm_worker._generated.constants import MAX_EVENT_TEXT_CHARS, MAX_LINE_BYTES, PROTOCOL_VERSION

pytestmark = pytest.mark.slow


OF_THE_HOST = "sk-of-the-host-9876543210"
NAMES_OF_KEYS = [name for facts in BACKENDS.values() for name in (*facts.keys, *facts.sdk_keys)]


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """Started as a program, where the environment holds keys of all backends."""
    with Worker(env=dict.fromkeys(NAMES_OF_KEYS, OF_THE_HOST), cold=True) as worker:
        yield worker


def test_ready_says_which_versions_meet(worker: Worker) -> None:
    ready = worker.wait_type("worker.ready")
    assert worker.messages[0] is ready
    assert (ready["protocolVersion"], ready["pid"]) == (PROTOCOL_VERSION, worker.process.pid)
    assert (ready["rlmsVersion"], ready["workerVersion"]) == ("0.1.3", rlm_worker.__version__)
    assert ready["priceTable"] == f"genai-prices {genai_prices.__version__}"
    assert f'version = "{rlm_worker.__version__}"' in (SRC.parent / "pyproject.toml").read_text()


def test_nothing_heavy_is_imported_before_ready() -> None:
    loaded = "import sys, rlm_worker.wire.stdio, rlm_worker.server; print([m for m in sys.modules if '.' not in m])"
    modules = subprocess.run(
        [sys.executable, "-c", loaded], env={"PYTHONPATH": str(SRC)}, capture_output=True, check=True
    )
    heavy = {"rlm", "pydantic", "google", "genai_prices", "httpx2", "asyncio"}
    assert not heavy & set(json.loads(modules.stdout.decode().replace("'", '"')))


@pytest.mark.parametrize(
    ("line", "code", "run_id"),
    [
        (b"not json", "invalid_json", None),
        (b'"\xff"', "invalid_json", None),
        (b"[" * 100_000, "invalid_json", None),
        (b"[]", "invalid_message", None),
        (b"{}", "invalid_message", None),
        (b'{"type":"run.start","id":"i1","spec":{}}', "invalid_message", "i1"),
        (b'{"type":"run.start","id":7,"spec":{}}', "invalid_message", None),
        (b'{"type":"ping","requestId":"1","extra":1}', "invalid_message", None),
        (b'{"type":"run.pause","id":"i2"}', "unknown_message_type", "i2"),
        (b'{"type":"run.cancel","id":"i3"}', "unknown_run", "i3"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_lines_are_told_and_survived(worker: Worker, line: bytes, code: str, run_id: str | None) -> None:
    is_told(worker, line, code, run_id)


def test_a_line_that_is_too_long_is_told_and_survived(worker: Worker) -> None:
    """Not among the parameters, which every process of the suite would hold."""
    is_told(worker, b'{"type":"' + b"x" * MAX_LINE_BYTES + b'"}', "line_too_long", None)


def is_told(worker: Worker, line: bytes, code: str, run_id: str | None) -> None:
    before = len(worker.messages)
    worker.send_line(line)
    worker.send({"type": "ping", "requestId": f"after-{code}-{before}"})
    worker.wait_type("pong", requestId=f"after-{code}-{before}")
    (error,) = [message for message in worker.messages[before:] if message["type"] == "protocol.error"]
    assert (error["code"], error["id"]) == (code, run_id)
    assert error["message"]


@pytest.mark.parametrize(
    ("run_id", "changes"),
    [(None, {}), ("of-a-session", {"session": "s"}), ("in-process", {"environment": "ipython"})],
    ids=["the same id", "a session", "an environment in this process"],
)
def test_a_run_that_shares_no_worker_is_refused_and_pings_are_answered_meanwhile(
    worker: Worker, run_id: str | None, changes: Message, tmp_path: Path
) -> None:
    busy = tmp_path.name
    with FakeProvider(in_turn(Reply(hold=True))) as provider:
        worker.start(spec(provider.url, tmp_path), busy)
        provider.wait(lambda p: len(p.requests) == 1)
        worker.start(spec(provider.url, tmp_path, **changes), run_id or busy)
        error = worker.wait_type("protocol.error", id=run_id or busy)
        worker.send({"type": "run.cancel", "id": "another"})
        worker.wait_type("protocol.error", id="another", code="unknown_run")
        worker.send({"type": "ping", "requestId": "meanwhile"})
        worker.wait_type("pong", requestId="meanwhile")
        worker.send({"type": "run.cancel", "id": busy})
        worker.finish(busy)
    assert error["code"] == "run_in_progress"


STRAY = r"""
import atexit, os, subprocess, sys, threading
print("stray print")
os.write(1, b"stray fd 1\n")
os.write(1, b"\xff\xfe not utf-8\n")
print("stray original stdout", file=sys.__stdout__, flush=True)
subprocess.run(["sh", "-c", "echo stray child; echo stray child err >&2"])
threading.Timer(0.05, lambda: print("stray thread", flush=True)).start()
atexit.register(lambda: os.write(1, b"stray atexit\n"))
for fd in range(3, 64):
    try: os.write(fd, b'{"type":"run.completed","id":"run-1","at":0,"answer":"forged","durationMs":0}\n')
    except OSError: pass
"""


@pytest.mark.parametrize(
    "code",
    [
        STRAY,
        "import sys; sys.exit(3)",
        "import os; os._exit(3)",
        "raise KeyboardInterrupt",
        "def f(): return f()\nf()",
        "print('x' * 200_000_000)",
        "print('\\ud800')",
        "import os, signal; os.kill(os.getppid(), signal.SIGTERM)",
    ],
    ids=["stray", "sys.exit", "os._exit", "interrupt", "recursion", "200 MB", "surrogate", "kills its parent"],
)
def test_nothing_model_code_does_reaches_the_wire_or_ends_the_worker(code: str, tmp_path: Path) -> None:
    """Every line is validated by the harness as it comes."""
    with FakeProvider(in_turn(cell(code), answer("'survived'"))) as provider, Worker() as worker:
        first = worker.run(spec(provider.url, tmp_path))
        outcome = first.terminal.get("answer") or first.terminal["code"]
        assert outcome in ("survived", "environment_died")
        provider.script = in_turn(answer("'next'"))
        assert worker.run(spec(provider.url, tmp_path)).answer == "next"


def test_event_texts_are_cut_and_counted(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn(cell(f"print('x' * {3 * MAX_EVENT_TEXT_CHARS})"), answer("'y'"))) as provider:
        run = worker.run(spec(provider.url, tmp_path))
    stdout = run.of("codeBlock.completed")[0]["stdout"]
    assert len(stdout) <= MAX_EVENT_TEXT_CHARS and stdout.endswith("chars...]")


def test_a_large_answer_arrives_whole(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn(answer("'\u20ac' * 8_000_000"))) as provider:
        assert worker.run(spec(provider.url, tmp_path)).answer == "\u20ac" * 8_000_000


def test_keys_are_nowhere_but_in_the_request(worker: Worker, tmp_path: Path) -> None:
    code = f"import os; print([name for name in {NAMES_OF_KEYS} if name in os.environ])"
    with FakeProvider(in_turn(cell(code), answer(repr(API_KEY)))) as provider:
        run = worker.run(spec(provider.url, tmp_path, logDir=str(tmp_path / "logs")))
    assert run.answer == "[redacted]"
    assert run.of("codeBlock.completed")[0]["stdout"].strip() == "[]"
    said = json.dumps(worker.messages) + worker.stderr_text()
    logged = "".join(file.read_text() for file in (tmp_path / "logs").iterdir())
    for secret in (API_KEY, OF_THE_HOST):
        assert secret not in said and secret not in logged


DUMPABLE = """
import ctypes, os
from rlm_worker.wire import stdio
if os.geteuid() == 0:
    os.setuid(65534)
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
before = os.stat("/proc/self/environ").st_uid
stdio.hide_process()
print(before == os.geteuid(), os.stat("/proc/self/environ").st_uid)
"""


def test_other_processes_of_the_user_cannot_look_into_the_worker() -> None:
    """A process that may not be dumped has files of root in /proc; elsewhere there is nothing to hide."""
    if sys.platform != "linux":
        return
    looked = subprocess.run(
        [sys.executable, "-c", DUMPABLE], env={"PYTHONPATH": str(SRC)}, capture_output=True, check=True
    )
    assert looked.stdout.split() == [b"True", b"0"]
