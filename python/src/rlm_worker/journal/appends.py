"""Effects on their way to the host's journal: many threads add, and whoever waits sends for all."""

from __future__ import annotations

import os
import tempfile
import threading
from typing import TYPE_CHECKING, cast

from ..cancel import RunStopped, StopSignal
from ..wire.host_requests import HostRequests
from ..wire.stdio import to_json

if TYPE_CHECKING:
    from .._generated import outgoing as out
    from .._generated.messages import JournalResult

MAX_LINE_CHARS = 4_000_000
"""Of text in the effects of one line; twelve bytes are the most that a character takes."""


class Batch:
    """Effects that are sent together."""

    def __init__(self, lock: threading.Lock) -> None:
        self.effects: list[out.Effect] = []
        self.chars = 0
        self.changed = threading.Condition(lock)
        """Tells those who wait for it that it is settled, or one of them that it is theirs to send."""
        self.is_settled = False
        self.error: BaseException | None = None


class Appends:
    """One request is under way at a time; what is added meanwhile goes with the next, sent by one who waits for it."""

    def __init__(self, host: HostRequests, stop: StopSignal) -> None:
        self._host = host
        self._stop = stop
        self._lock = threading.Lock()
        self._open = Batch(self._lock)
        self._is_sending = False

    def add(self, effect: out.Effect, chars: int) -> Batch:
        """In the order of the calls. ``chars``: how much text is in it."""
        with self._lock:
            self._open.effects.append(effect)
            self._open.chars += chars
            return self._open

    def wait(self, batch: Batch) -> None:
        """Returns when the effects are in the journal. Raises RunStopped: also when they cannot be written, which ends
        the run."""
        if self._is_to_send(batch):
            self._send(batch)
        elif batch.error is not None:
            self._stop.raise_if_stopped()
            raise batch.error

    def _is_to_send(self, batch: Batch) -> bool:
        """Returns once it is settled, or is this thread's to send. Raises RunStopped."""
        with self._lock:
            while not batch.is_settled:
                if self._stop.stopped:
                    batch.changed.notify_all()  # nobody sends any more
                    self._stop.raise_if_stopped()
                if not self._is_sending:
                    self._is_sending, self._open = True, Batch(self._lock)
                    return True
                batch.changed.wait()
            return False

    def _send(self, batch: Batch) -> None:
        try:
            result = cast("JournalResult", self._host.ask(_request(batch)))
            if result.outcome.kind == "error":
                self._stop.stop("store_failed", result.outcome.message)
                raise RunStopped(self._stop.code or "store_failed", self._stop.message or result.outcome.message)
        except BaseException as error:
            batch.error = error
            raise
        finally:
            with self._lock:
                batch.is_settled, self._is_sending = True, False
                batch.changed.notify_all()
                self._open.changed.notify()

    def flush(self) -> None:
        """Send what is left, of a run that ends; nobody waits for it."""
        with self._lock:
            batch, self._open = self._open, Batch(self._lock)
        if batch.effects:
            self._host.tell(_request(batch))


def _request(batch: Batch) -> out.JournalAppend:
    if batch.chars <= MAX_LINE_CHARS:
        return {"type": "journal.append", "effects": batch.effects, "file": None}
    descriptor, path = tempfile.mkstemp(prefix="effects-", suffix=".json")
    with os.fdopen(descriptor, "w") as file:
        file.write(to_json(batch.effects))
    return {"type": "journal.append", "effects": [], "file": path}
