"""Mutated frames of an interpreter, through the supervisor to the worker: no crash, no growth, nothing unasked.

cd python && PYTHONPATH=tests:src uv run --frozen python -m fuzz.frames --count 1000000 --seed 7
"""

from __future__ import annotations

import argparse
import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from rlm_worker.environments.inbox import Inbox, Question
from rlm_worker.kernel.clock import BlockClock
from rlm_worker.kernel.frames import FrameBuffer
from rlm_worker.kernel.messages import FROM_SUPERVISOR, Alive, Draft, Ended, Loaded, LoadFailed, Received, parse
from rlm_worker.kernel.pipes import Outbox
from rlm_worker.kernel.supervisor import Supervisor

CONFIG = {"captureChars": 1000, "limits": {}, "scratch": "/nowhere", "removeScratch": False, "refuseSystemCalls": False}
ASKED = {"block": 11, "load": 12, "probe": 13, "peek_answer": 14}
SEEDS: list[dict[str, Any]] = [
    {"type": "ready", "problem": None},
    {"type": "request", "id": 1, "kind": "llm", "prompts": ["x", [{"role": "user"}]], "model": None, "schema": None},
    {"type": "tool_call", "id": 1, "tool": "t", "arguments": {"a": [1, {"b": None}]}},
    {"type": "received", "id": 12, "bytes": 1 << 20},
    {"type": "loaded", "id": 12, "context_type": "str", "chars": 5, "bytes": 5, "sha256": "0" * 64},
    {"type": "load_failed", "id": 12, "fault": "died", "message": "m"},
    {"type": "draft", "id": 14, "content": "c"},
    {"type": "drafted", "content": None},
    {"type": "alive", "id": 13},
    {
        "type": "done",
        "id": 11,
        "status": "ok",
        "error": "",
        "variables": [["v", True, "1"]],
        "final": "f",
        "content": None,
    },
]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    2**53,
    10**30,
    "",
    "x" * 2000,
    "\ud800",
    "\0",
    [],
    [[]],
    {},
    {"type": "done"},
]
TOKENS = [b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\u0000", b"\xff", b"\xed\xa0\x80", b"1e999", b"NaN", b"[" * 300]


class Mutator:
    """Endless frames, most of them broken in one way or another, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def frame(self) -> bytes:
        message = dict(self._random.choice(SEEDS))
        for _ in range(self._random.randrange(3)):
            self._change_field(message)
        payload = json.dumps(message).encode("utf-8", "surrogatepass")
        if self._random.random() < 0.4:
            payload = self._change_bytes(payload)
        kind = self._random.choice(b"JJJJJJJJJJJJB\0") if self._random.random() < 0.1 else ord("J")
        size = len(payload)
        if self._random.random() < 0.05:
            size = self._random.choice([0, size - 1, size + 1, 1 << 31, (1 << 32) - 1])
        return bytes([kind]) + max(0, size).to_bytes(4, "big") + payload

    def pieces(self, frame: bytes) -> Iterator[bytes]:
        """The frame as a pipe may give it."""
        cut = self._random.randrange(len(frame) + 1) if self._random.random() < 0.2 else len(frame)
        yield frame[:cut]
        yield frame[cut:]

    def _change_field(self, message: dict[str, Any]) -> None:
        field = self._random.choice(list(message))
        action = self._random.randrange(4)
        if action == 0 and len(message) > 1:
            del message[field]
        elif action == 1:
            message[self._random.choice(["extra", "life", "reason", "id", "type"])] = self._random.choice(VALUES)
        elif action == 2 and "id" in message:
            message["id"] = self._random.choice([*ASKED.values(), 0, 10, 99])
        else:
            message[field] = self._random.choice(VALUES)

    def _change_bytes(self, payload: bytes) -> bytes:
        at = self._random.randrange(len(payload) + 1)
        end = min(len(payload), at + self._random.randrange(1, 20))
        action = self._random.randrange(4)
        if action == 0:
            return payload[:at] + payload[end:]
        if action == 1:
            return payload[:end] + payload[at:]
        if action == 2:
            return payload[:at] + self._random.choice(TOKENS) + payload[at:]
        return payload[:at] + bytes([self._random.randrange(256)]) + payload[end:]


class Chain:
    """A supervisor without its processes, and the worker's inbox at its other end, all of whose questions are open."""

    def __init__(self) -> None:
        self.seen = Counter[str]()
        self._supervisor = Supervisor(CONFIG, _child())
        self._from_supervisor = FrameBuffer(raw_allowed=False)
        self._renew()

    def close(self) -> None:
        for descriptor in (self._supervisor._wake_read, self._supervisor._wake_write):
            os.close(descriptor)

    def take(self, data: bytes) -> None:
        """Asserts that the supervisor refuses it or passes on what its reader accepts."""
        supervisor = self._supervisor
        supervisor._take(data)
        outbox = supervisor._reports.outbox
        for part in outbox._frames:
            for kind, payload in self._from_supervisor.feed(bytes(part)):
                message = parse(kind, payload, FROM_SUPERVISOR)
                self.seen[type(message).__name__] += 1
                self._inbox.hear(message)
        outbox._frames.clear()
        outbox.size = 0
        if supervisor._doomed is not None:
            assert supervisor._doomed.startswith("code wrote to the channel of the REPL (")
            self.seen["refused"] += 1
            self._renew()

    def _renew(self) -> None:
        """A fresh interpreter; what was asked is asked again."""
        supervisor = self._supervisor
        supervisor._child = _child()
        supervisor._doomed, supervisor._configure = None, {"id": 1}
        supervisor._calls.clear()
        supervisor._clock = None
        supervisor._end_block = self._end_block  # its output is not there to be taken
        supervisor._clock = BlockClock(ASKED["block"], 1e9, 0.0)
        for question in ("load", "probe", "peek_answer"):
            supervisor._asked.ask(question, ASKED[question])
        supervisor._asked.pass_on(3 << 20)
        self._inbox = Inbox()
        kinds = {"load": (Received, Loaded, LoadFailed), "probe": (Alive,), "peek_answer": (Draft,), "block": (Ended,)}
        for name, answers in kinds.items():
            self._inbox._questions[ASKED[name]] = Question(ASKED[name], cast("Any", answers))

    def _end_block(self, clock: BlockClock, status: str, error: str, report: Any) -> None:
        assert status in ("ok", "error", "timed_out")
        assert report.id == clock.block
        self.seen["ended"] += 1


def _child() -> Any:
    """An interpreter that takes whatever it is sent, and has said nothing."""
    outbox = SimpleNamespace(put=lambda frame: None, size=0)
    return SimpleNamespace(frames=FrameBuffer(raw_allowed=False), captures=(), outbox=cast("Outbox", outbox))


def fuzz(count: int, seed: int) -> Counter[str]:
    """What became of ``count`` frames. Raises AssertionError, or whatever the reading code should not have raised."""
    mutator, chain = Mutator(seed), Chain()
    try:
        for _ in range(count):
            for piece in mutator.pieces(mutator.frame()):
                chain.take(piece)
        return chain.seen
    finally:
        chain.close()


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=1_000_000)
    arguments.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    chosen = arguments.parse_args()
    before = resident_bytes()
    seen = fuzz(chosen.count, chosen.seed)
    print(f"seed {chosen.seed}: {dict(seen)}; grown by {(resident_bytes() - before) >> 20} MB")


if __name__ == "__main__":
    main()
