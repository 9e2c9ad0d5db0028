"""One event loop in one thread for every provider call of the process.

The official library reuses an async client across event loops, which fails every second batch; here there is one loop.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError, Future
from contextvars import copy_context
from functools import cache
from typing import Any, Generic, TypeVar

from ..cancel import StopSignal

T = TypeVar("T")

CLOSE_GRACE_S = 1.0
"""Seconds a stopped call gets to close its connection before its thread goes on without it."""


class ProviderLoop:
    """Runs coroutines for blocking threads, and ends them when their run stops."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="provider-loop", daemon=True)
        self._thread.start()

    def call(self, coroutine: Coroutine[Any, Any, T], stop: StopSignal) -> T:
        """Run ``coroutine`` and block this thread until it is done.

        When ``stop`` fires, the coroutine is cancelled, which closes its connection. One that finished in the same
        instant still returns its result: it was paid for.

        Raises:
            RunStopped: ``stop`` fired before the coroutine was done.
        """
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise RuntimeError("ProviderLoop.call would wait for its own thread")
        if stop.stopped:
            coroutine.close()
            stop.raise_if_stopped()
        running = _Running(coroutine)
        self._loop.call_soon_threadsafe(running.start, context=copy_context())
        unsubscribe = stop.on_stop(lambda: self._schedule(running.cancel))
        try:
            return running.outcome.result()
        except CancelledError:
            stop.raise_if_stopped()
            raise
        finally:
            unsubscribe()

    def _schedule(self, callback: Any) -> None:
        self._loop.call_soon_threadsafe(callback)


class _Running(Generic[T]):
    """One coroutine on the loop; ``outcome`` is settled exactly once. All methods run on the loop's thread."""

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self.outcome: Future[T] = Future()
        self._coroutine = coroutine
        self._task: asyncio.Task[T] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._coroutine)
        self._task.add_done_callback(self._settle)

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            asyncio.get_running_loop().call_later(CLOSE_GRACE_S, self.outcome.cancel)

    def _settle(self, task: asyncio.Task[T]) -> None:
        if task.cancelled():
            self.outcome.cancel()
        elif self.outcome.set_running_or_notify_cancel():
            error = task.exception()
            if error is not None:
                self.outcome.set_exception(error)
            else:
                self.outcome.set_result(task.result())


_starting = threading.Lock()


def provider_loop() -> ProviderLoop:
    """The process's loop, started at the first call."""
    with _starting:  # a cache alone lets two first callers start two loops
        return _only_loop()


@cache
def _only_loop() -> ProviderLoop:
    return ProviderLoop()
