"""Effects on their way to the host's journal: many threads add, and whoever waits sends for all."""

from __future__ import annotations

import os
import tempfile
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from ..cancel import RunStopped, StopSignal
from ..wire.host_requests import HostRequests
from ..wire.stdio import to_json

if TYPE_CHECKING:
    from .._generated import outgoing as out
    from .._generated.messages import JournalResult

MAX_LINE_CHARS = 4_000_000
"""Of text in the effects of one line; twelve bytes are the most that a character takes."""


@dataclass
class Batch:
    """Effects that are sent together. ``error``: why they are not in the journal."""

    effects: list[out.Effect] = field(default_factory=list["out.Effect"])
    chars: int = 0
    is_written: bool = False


class Appends:
    """One request is under way at a time; what is added meanwhile goes with the next."""

    def __init__(self, host: HostRequests, stop: StopSignal) -> None:
        self._host = host
        self._stop = stop
        self._open = Batch()
        self._adding = threading.Lock()
        self._sending = threading.Lock()

    def add(self, effect: out.Effect, chars: int) -> Batch:
        """In the order of the calls. ``chars``: how much text is in it."""
        with self._adding:
            self._open.effects.append(effect)
            self._open.chars += chars
            return self._open

    def wait(self, batch: Batch) -> None:
        """Returns when the effects are in the journal. Raises RunStopped: also when they cannot be written, which ends
        the run."""
        with self._sending:
            if batch.is_written:
                return
            self._stop.raise_if_stopped()
            self._take_open(batch)
            result = cast("JournalResult", self._host.ask(_request(batch)))
            if result.outcome.kind == "error":
                self._stop.stop("store_failed", result.outcome.message)
                raise RunStopped(self._stop.code or "store_failed", self._stop.message or result.outcome.message)
            batch.is_written = True

    def flush(self) -> None:
        """Send what is left, of a run that ends; nobody waits for it."""
        batch = self._open
        self._take_open(batch)
        if batch.effects:
            self._host.tell(_request(batch))

    def _take_open(self, batch: Batch) -> None:
        with self._adding:
            if batch is self._open:
                self._open = Batch()


def _request(batch: Batch) -> out.JournalAppend:
    if batch.chars <= MAX_LINE_CHARS:
        return {"type": "journal.append", "effects": batch.effects, "file": None}
    descriptor, path = tempfile.mkstemp(prefix="effects-", suffix=".json")
    with os.fdopen(descriptor, "w") as file:
        file.write(to_json(batch.effects))
    return {"type": "journal.append", "effects": [], "file": path}
