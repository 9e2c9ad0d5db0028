"""Drives the real worker process over pipes, as the host does, and checks every line it writes against the protocol."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from fake_provider import PRICES
from pydantic import TypeAdapter
from worker_messages import WorkerMessage
from worker_template import SRC, ForkedWorker

from rlm_worker.wire.temporary_folder import VARIABLE

Message = dict[str, Any]

WORKER_MESSAGES = TypeAdapter[Any](WorkerMessage)
TERMINAL = ("run.completed", "run.failed")
REQUESTS = ("tool.call", "model.call", "answer.check", "journal.append")
API_KEY = "sk-scripted-0123456789abcdef"
WAIT_SECONDS = 120
"""A watchdog: more than any wait takes, however busy the machine is."""

ON_DESCRIPTOR_THREE = """
import os, sys
reader = int(sys.argv[1])
os.dup2(reader, 3) if reader != 3 else None
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


class Worker:
    """One worker process. ``messages``: every line it wrote, in order.

    ``host`` is asked what the worker asks: it gives the reply, without its ids; None: it gives none. ``cold``: started
    as a program, as one with other variables always is, and not forked from the template. ``template``: workers that
    name another than the others have another seed of hashes. ``changes``: Python that changes a forked one before it
    begins.
    """

    def __init__(
        self,
        env: dict[str, str] | None = None,
        host: Callable[[Message], Message | None] | None = None,
        cold: bool = False,
        template: str = "",
        changes: str = "",
    ) -> None:
        self._host = host
        stderr, path = tempfile.mkstemp(prefix="worker-stderr-")
        self.stderr = Path(path)
        self.folder = Path(tempfile.gettempdir(), f"rlm-bridge-worker-{uuid.uuid4()}")
        secrets_reader, secrets_writer = os.pipe()
        self._secrets = os.fdopen(secrets_writer, "wb", buffering=0)
        self._ids = itertools.count(1)
        whole = {**os.environ, "PYTHONPATH": str(SRC), VARIABLE: str(self.folder), **(env or {})}
        self.process = (
            _started(whole, stderr, secrets_reader)
            if cold or set(env or ()) - {VARIABLE}
            else ForkedWorker(whole, stderr, secrets_reader, template, changes)
        )
        os.close(secrets_reader)
        os.close(stderr)
        self.messages: list[Message] = []
        self.ended = False
        self.changed = threading.Condition()
        threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True).start()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self._secrets.close()
        try:
            self.process.wait(WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.stderr.unlink()
            shutil.rmtree(self.folder, ignore_errors=True)  # as the host does, for a worker that was killed

    def send(self, message: Message) -> None:
        self.send_line(json.dumps(message).encode())

    def send_line(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def send_secrets(self, line: bytes) -> None:
        self._secrets.write(line + b"\n")

    def start(self, spec: Message, run_id: str) -> None:
        side = {"apiKey": API_KEY, "backendOptions": {}}
        self.send_secrets(json.dumps({"id": run_id, "root": side, "sub": side}).encode())
        self.send({"type": "run.start", "id": run_id, "spec": spec})

    def run(self, spec: Message) -> Run:
        run_id = f"run-{next(self._ids)}"
        self.start(spec, run_id)
        return self.finish(run_id)

    def finish(self, run_id: str) -> Run:
        """The run's events, once its terminal one is there."""
        self.wait(lambda message: message.get("id") == run_id and message["type"] in TERMINAL)
        return Run([message for message in self.messages if message.get("id") == run_id])

    def wait(self, fact: Callable[[Message], bool]) -> Message:
        """The first line, past or to come, for which ``fact`` holds: each is looked at once."""
        looked_at = 0

        def has_come() -> bool:
            nonlocal looked_at
            while looked_at < len(self.messages) and not fact(self.messages[looked_at]):
                looked_at += 1
            return looked_at < len(self.messages)

        self.wait_until(has_come)
        return self.messages[looked_at]

    def wait_until(self, fact: Callable[[], bool]) -> None:
        """Asked again with each line, and once the host has served one."""
        with self.changed:
            self.changed.wait_for(lambda: fact() or self.ended, WAIT_SECONDS)
            assert fact(), f"not seen; got {[m['type'] for m in self.messages]}; stderr: {self.stderr_text()}"

    def wait_type(self, type_: str, **fields: Any) -> Message:
        return self.wait(lambda message: message["type"] == type_ and fields.items() <= message.items())

    def line(self, number: int) -> Message:
        """The line of that number, from 0, once it is there."""
        with self.changed:
            self.changed.wait_for(lambda: self.ended or len(self.messages) > number, WAIT_SECONDS)
        assert len(self.messages) > number, f"line {number} did not come; stderr: {self.stderr_text()}"
        return self.messages[number]

    def stderr_text(self) -> str:
        return self.stderr.read_text(errors="replace")

    def _read(self, stream: BinaryIO) -> None:
        for line in stream:
            message = json.loads(line)
            WORKER_MESSAGES.validate_python(message)
            with self.changed:
                self.messages.append(message)
                self.changed.notify_all()
            if self._host is not None and message["type"] in REQUESTS:
                reply = self._host(message)
                if reply is not None:
                    self.send({"id": message["id"], "requestId": message["requestId"], **reply})
                with self.changed:
                    self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()


def repls(worker: Worker) -> int:
    """How many local REPLs it has: each has a folder in that of the worker, which goes with it."""
    return len(list(worker.folder.glob("rlm-bridge-*")))


def repl_processes(worker: Worker) -> set[int]:
    """Those of its local REPLs. The template that forks them may serve other workers; they are in this one's folder."""
    found: set[int] = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if process.joinpath("cwd").readlink().is_relative_to(worker.folder):
                found.add(int(process.name))
    return found


def _started(env: dict[str, str], stderr: int, secrets: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", ON_DESCRIPTOR_THREE, str(secrets), "-m", "rlm_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=env,
        pass_fds=(secrets,),
    )


class Run:
    """The events of one run."""

    def __init__(self, events: list[Message]) -> None:
        self.events = events

    def of(self, type_: str) -> list[Message]:
        return [event for event in self.events if event["type"] == type_]

    @property
    def terminal(self) -> Message:
        ends = [event for event in self.events if event["type"] in TERMINAL]
        assert len(ends) == 1 and ends[0] is self.events[-1], "exactly one terminal event, and the last"
        return ends[0]

    @property
    def answer(self) -> str:
        assert self.terminal["type"] == "run.completed", self.terminal
        return self.terminal["answer"]

    @property
    def totals(self) -> Message:
        return self.of("call.completed")[-1]["totals"]

    @property
    def roles(self) -> list[str]:
        return [call["role"] for call in self.of("call.completed")]


def spec(url: str, tmp_path: Path, *, context: str = "line one\nline two\n", **changes: Any) -> Message:
    """A RunSpec as the host sends it; ``changes`` by its names, those of limits included."""
    file = tmp_path / "context.txt"
    file.write_text(context, newline="")
    limits: Message = {
        "maxIterations": 5,
        "maxSubCalls": 1000,
        "maxConcurrentSubCalls": 16,
        "maxToolCalls": 1000,
        "maxDepth": 1,
        "maxBudgetUsd": None,
        "maxDurationMs": None,
        "maxTokens": None,
        "maxErrors": None,
        "maxOutputChars": 20_000,
    }
    limits |= {name: changes.pop(name) for name in list(changes) if name in (*limits, "maxRefusals")}
    return {
        "query": "What is it?",
        "context": {"kind": "text", "path": str(file)},
        "rootModel": model("root-model", url),
        "subModel": model("sub-model", url),
        "environment": "local",
        "environmentOptions": {},
        "limits": limits,
        "logDir": None,
        "systemPrompt": None,
        "compaction": False,
        "promptCaching": True,
        "session": None,
        "strategy": "recurse",
        "answer": {"schema": None, "check": False, "requireCoverage": None, "typedSubCalls": False},
        "tools": [],
        "prices": {name: _price(name) for name in PRICES},
        "journal": None,
        **changes,
    }


def model(name: str, url: str) -> Message:
    return {"backend": "openai", "model": name, "baseUrl": url, "samplingArgs": {}, "priceProvider": None}


def _price(name: str) -> Message:
    rates = PRICES[name]
    return {
        "inputUsdPerMTok": float(rates["input"]),
        "outputUsdPerMTok": float(rates["output"]),
        "cachedInputUsdPerMTok": float(rates["cached"]),
        "cacheWriteUsdPerMTok": None,
    }
