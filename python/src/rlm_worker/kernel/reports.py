"""What the supervisor tells the worker."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from .frames import json_frame
from .messages import Done, Ended, Fatal, LoadFailed, Lost, Output, Started, to_wire
from .output import FLUSH_CHARS, FLUSH_INTERVAL_S, Capture
from .pipes import Outbox

if TYPE_CHECKING:
    from .messages import FromSupervisor

Captures = tuple[Capture, Capture]


class Reports:
    """Messages in order, output always before the end of the code block it belongs to."""

    def __init__(self, fd: int) -> None:
        self.outbox = Outbox(fd)
        self._flushed_at = 0.0

    def tell(self, message: FromSupervisor) -> None:
        self.outbox.put(json_frame(to_wire(message)))

    def started(self, configure: int, problem: str | None) -> None:
        self.tell(Started(configure, sys.version.split()[0], problem))

    def lost(self, life: int, reason: str) -> None:
        self.tell(Lost(life, reason))

    def load_failed(self, load: int, reason: str) -> None:
        self.tell(LoadFailed(load, "died", reason))

    def ended(self, block: int, status: str, error: str, report: Done | None, captures: Captures) -> None:
        """``report``: what the interpreter said of the variables and the answer, if it could."""
        for capture in captures:
            capture.finish()
        self.output(captures, force=True)
        report = report or Done(block, status, error, [], None, None)
        stdout, stderr = (capture.discarded_bytes for capture in captures)
        self.tell(Ended(block, status, error, report.variables, report.final, report.content, stdout, stderr))
        for capture in captures:
            capture.next_block()

    def output(self, captures: Captures, force: bool) -> None:
        now = time.monotonic()
        late = now - self._flushed_at >= FLUSH_INTERVAL_S
        for capture in captures:
            if capture.pending and (force or late or capture.pending >= FLUSH_CHARS):
                self.tell(Output(capture.stream, capture.take()))
                self._flushed_at = now

    def output_due_s(self, captures: Captures) -> float | None:
        """Seconds until captured output should be sent; None when there is none."""
        if not any(capture.pending for capture in captures):
            return None
        return max(0.0, self._flushed_at + FLUSH_INTERVAL_S - time.monotonic())

    def last_words(self, reason: str) -> None:
        """Written before this returns."""
        self.tell(Fatal(reason))
        os.set_blocking(self.outbox.fd, True)
        self.outbox.flush()
