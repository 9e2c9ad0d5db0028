"""What the supervisor tells the worker."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from .frames import json_frame
from .output import FLUSH_CHARS, FLUSH_INTERVAL_S, Capture
from .pipes import Outbox

Captures = tuple[Capture, Capture]


class Reports:
    """Messages in order, output always before the end of the code block it belongs to."""

    def __init__(self, fd: int) -> None:
        self.outbox = Outbox(fd)
        self._flushed_at = 0.0

    def tell(self, message: dict[str, Any]) -> None:
        self.outbox.put(json_frame(message))

    def started(self, problem: str | None) -> None:
        self.tell({"type": "started", "python": sys.version.split()[0], "problem": problem})

    def lost(self, life: int, reason: str) -> None:
        self.tell({"type": "lost", "life": life, "reason": reason})

    def load_failed(self, load: int, reason: str) -> None:
        self.tell({"type": "load_failed", "id": load, "fault": "died", "message": reason})

    def ended(self, block: int, status: str, error: str, report: dict[str, Any], captures: Captures) -> None:
        """``report`` is what the interpreter said of the variables and the answer; empty when it could not."""
        for capture in captures:
            capture.finish()
        self.output(captures, force=True)
        told: dict[str, Any] = {"type": "done", "id": block, "status": status, "error": error}
        told["variables"] = report.get("variables", [])
        told["final"], told["content"] = report.get("final"), report.get("content")
        told["discardedStdout"], told["discardedStderr"] = (capture.discarded_bytes for capture in captures)
        self.tell(told)
        for capture in captures:
            capture.next_block()

    def output(self, captures: Captures, force: bool) -> None:
        now = time.monotonic()
        late = now - self._flushed_at >= FLUSH_INTERVAL_S
        for capture in captures:
            if capture.pending and (force or late or capture.pending >= FLUSH_CHARS):
                self.tell({"type": "output", "stream": capture.stream, "text": capture.take()})
                self._flushed_at = now

    def output_due_s(self, captures: Captures) -> float | None:
        """Seconds until captured output should be sent; None when there is none."""
        if not any(capture.pending for capture in captures):
            return None
        return max(0.0, self._flushed_at + FLUSH_INTERVAL_S - time.monotonic())

    def last_words(self, reason: str) -> None:
        """Written before this returns."""
        self.tell({"type": "fatal", "reason": reason})
        os.set_blocking(self.outbox.fd, True)
        self.outbox.flush()
