"""Effects on their way to the host's journal: what is added while a request is under way goes with the next."""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, cast

from ..cancel import RunStopped, StopSignal
from ..json_bytes import to_json_bytes
from ..wire.host_requests import HostRequests
from .aside import EffectsAside, Told

if TYPE_CHECKING:
    from .._generated import outgoing as out
    from .._generated.messages import JournalResult
    from ..wire.host_requests import HostReply

MAX_LINE_CHARS = 4_000_000
"""Of text in the effects of one line; twelve bytes are the most that a character takes."""

BEGINNINGS = frozenset({"iteration.started", "codeBlock.started"})
"""Events that say what the effects after them are a part of."""


class Batch:
    """Effects that are sent together. ``settled`` has what became of them."""

    def __init__(self) -> None:
        self.effects: list[out.Effect] = []
        self.before: dict[int, list[Told]] = {}
        """What was told since the effect before, by the effect's place in the batch."""
        self.chars = 0
        self.is_wanted = False
        self.settled: Future[None] = Future()
        self.on_loop: asyncio.Future[None] | None = None
        """The same for coroutines: one for all of them, as each is a wake-up of the loop."""

    def settle(self, error: BaseException | None) -> None:
        if not self.settled.done():
            if error is None:
                self.settled.set_result(None)
            else:
                self.settled.set_exception(error)


class Appends:
    """One request is under way at a time; what is kept aside is there at once, and the host is only told. Thread-safe;
    coroutines wait on the provider loop alone."""

    def __init__(self, host: HostRequests, stop: StopSignal, aside: EffectsAside) -> None:
        self._host = host
        self._aside = aside
        self._stop = stop
        self._lock = threading.Lock()
        self._open = Batch()
        self._told: list[Told] = []
        self._is_sending = False
        stop.on_stop(self._give_up)

    def add(self, effect: out.Effect, chars: int) -> Batch:
        """In the order of the calls. ``chars``: how much text is in it."""
        with self._lock:
            if self._told:
                self._open.before[len(self._open.effects)] = self._told
                self._told = []
            self._open.effects.append(effect)
            self._open.chars += chars
            return self._open

    def hear(self, event: Told) -> None:
        """An event that the host is told without waiting: where it comes before an effect, it is kept aside with it."""
        if event["type"] in BEGINNINGS:
            with self._lock:
                self._told.append(event)

    def wait(self, batch: Batch) -> None:
        """Returns when the effects are in the journal. Raises RunStopped: also when they cannot be written, which ends
        the run."""
        self._want(batch)
        batch.settled.result()

    async def kept(self, batch: Batch) -> None:
        """``wait``, for a coroutine."""
        await asyncio.sleep(0)  # what others add in the same turn of the loop goes together
        self._want(batch)
        if batch.settled.done():
            return batch.settled.result()
        if batch.on_loop is None:
            batch.on_loop = asyncio.wrap_future(batch.settled)
        await asyncio.shield(batch.on_loop)

    def flush(self) -> None:
        """Send what is left, of a run that ends; nobody waits for it."""
        with self._lock:
            batch, self._open = self._open, Batch()
        if batch.effects:
            self._host.tell(_request(batch))
        self._aside.close()

    def _want(self, batch: Batch) -> None:
        """Raises RunStopped."""
        if batch.settled.done():
            return
        self._stop.raise_if_stopped()
        batch.is_wanted = True
        self._send_next()
        if self._stop.stopped:  # it may have given up just before
            self._give_up()

    def _send_next(self) -> None:
        while (batch := self._next()) is not None:
            try:
                if not self._aside.keep(batch.effects, batch.before):
                    self._host.begin(_request(batch)).add_done_callback(partial(self._replied, batch))
                    return
                self._host.tell(_request(batch, kept=True))
                self._settle(batch, None)
            except BaseException as error:
                self._settle(batch, error)

    def _next(self) -> Batch | None:
        with self._lock:
            batch = self._open
            if self._is_sending or not batch.is_wanted or batch.settled.done():
                return None
            self._is_sending, self._open = True, Batch()
            return batch

    def _replied(self, batch: Batch, reply: Future[HostReply]) -> None:
        error = reply.exception()
        if error is None:
            outcome = cast("JournalResult", reply.result()).outcome
            if outcome.kind == "error":
                self._stop.stop("store_failed", outcome.message)
                error = RunStopped(self._stop.code or "store_failed", self._stop.message or outcome.message)
            else:
                self._aside.begin_anew()
        self._settle(batch, error)
        self._send_next()

    def _settle(self, batch: Batch, error: BaseException | None) -> None:
        with self._lock:
            self._is_sending = False
        batch.settle(error)

    def _give_up(self) -> None:
        """Nothing is sent any more but by ``flush``; what is under way hears of the stop from the host's requests."""
        with self._lock:
            batch = self._open
        if batch.is_wanted:
            batch.settle(RunStopped(self._stop.code or "cancelled", self._stop.message or ""))


def _request(batch: Batch, *, kept: bool = False) -> out.JournalAppend:
    if batch.chars <= MAX_LINE_CHARS:
        return {"type": "journal.append", "effects": batch.effects, "file": None, "kept": kept}
    descriptor, path = tempfile.mkstemp(prefix="effects-", suffix=".json")
    with os.fdopen(descriptor, "wb") as file:
        file.write(to_json_bytes(batch.effects))
    return {"type": "journal.append", "effects": [], "file": path, "kept": kept}
