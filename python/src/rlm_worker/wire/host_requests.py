"""What a run asks of its host, over the wire: tools, host models, and whether an answer is accepted."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..cancel import RunStopped, StopSignal

if TYPE_CHECKING:
    from .._generated.messages import AnswerResult, JournalResult, ModelResult, ToolResult
    from .._generated.outgoing import HostRequest

    HostReply = AnswerResult | JournalResult | ModelResult | ToolResult

Write = Callable[[dict[str, Any]], None]


class Unwanted(Exception):
    """Nobody needs the reply any more; the run goes on."""


class HostRequests:
    """The requests of one run that wait for their reply. Thread-safe."""

    def __init__(self, run_id: str, write: Write, stop: StopSignal) -> None:
        self._run_id = run_id
        self._write = write
        self._stop = stop
        self._ids = itertools.count(1)
        self._waiting: dict[str, Future[HostReply]] = {}
        self._lock = threading.Lock()
        stop.on_stop(self._release)

    def ask(self, request: HostRequest, unwanted: StopSignal | None = None) -> HostReply:
        """Send a request and wait for its reply in this thread.

        Raises:
            RunStopped: the run was stopped before the reply came.
            Unwanted: ``unwanted`` fired before the reply came.
            OSError, ValueError: the request could not be written.
        """
        request_id, future = self._send(request)
        unsubscribe = unwanted.on_stop(lambda: self._give_up(request_id)) if unwanted else _nothing
        try:
            return future.result()
        finally:
            unsubscribe()
            self._forget(request_id)

    def tell(self, request: HostRequest) -> None:
        """Send a request whose reply nobody waits for, of a stopped run too. A host that is gone does not hear it."""
        with suppress(OSError):
            self._write({**request, "id": self._run_id, "requestId": f"request-{next(self._ids)}"})

    def begin(self, request: HostRequest) -> Future[HostReply]:
        """Send a request. Its future has the reply, or RunStopped. Raises as ``ask`` does."""
        return self._send(request)[1]

    async def ask_async(self, request: HostRequest) -> HostReply:
        """The same for a coroutine; cancelling it forgets the request."""
        request_id, future = self._send(request)
        try:
            return await asyncio.wrap_future(future)
        finally:
            self._forget(request_id)

    def deliver(self, reply: HostReply) -> None:
        """A reply from the wire. One that nobody waits for any more is dropped."""
        with self._lock:
            future = self._waiting.pop(reply.request_id, None)
        if future is not None and future.set_running_or_notify_cancel():
            future.set_result(reply)

    def _send(self, request: HostRequest) -> tuple[str, Future[HostReply]]:
        self._stop.raise_if_stopped()
        request_id, future = f"request-{next(self._ids)}", Future["HostReply"]()
        with self._lock:
            self._waiting[request_id] = future
        if self._stop.stopped:  # it may have released everyone just before this one came
            self._release()
        try:
            self._write({**request, "id": self._run_id, "requestId": request_id})
        except BaseException:
            self._forget(request_id)
            raise
        return request_id, future

    def _give_up(self, request_id: str) -> None:
        with self._lock:
            future = self._waiting.pop(request_id, None)
        if future is not None and future.set_running_or_notify_cancel():
            future.set_exception(Unwanted())

    def _forget(self, request_id: str) -> None:
        with self._lock:
            self._waiting.pop(request_id, None)

    def _release(self) -> None:
        with self._lock:
            waiting, self._waiting = list(self._waiting.values()), {}
        for future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_exception(RunStopped(self._stop.code or "cancelled", self._stop.message or ""))


def _nothing() -> None:
    """There is nothing to unsubscribe from."""
