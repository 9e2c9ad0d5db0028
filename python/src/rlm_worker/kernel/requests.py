"""What code in the REPL asks of the worker: sent over the pipe, and waited for by the thread that asked."""

from __future__ import annotations

import sys
from _thread import allocate_lock
from collections.abc import Callable
from itertools import count
from os import getpid
from typing import Any


class _Waiting:
    def __init__(self) -> None:
        self.answered = allocate_lock()
        self.answered.acquire()
        self.results: list[Any] = []


class Requests:
    """Any number of threads may ask at once; a reply finds its thread by the request's id."""

    """``first`` runs before each request, on the thread that asks."""

    def __init__(self, send: Callable[[dict[str, Any]], None], first: Callable[[], None]) -> None:
        self._send = send
        self._first = first
        self._ids = count(1)
        self._waiting: dict[int, _Waiting] = {}
        self._pid = getpid()

    @property
    def possible(self) -> bool:
        """False in a forked child, which no reply reaches."""
        return getpid() == self._pid

    def ask(self, message: dict[str, Any]) -> list[Any]:
        """Send ``message``, with an id, and wait for its results.

        Raises TypeError, and ValueError (FrameTooLarge too), for what cannot be sent.
        """
        flush_output()
        self._first()
        request, waiting = next(self._ids), _Waiting()
        self._waiting[request] = waiting
        try:
            self._send({**message, "id": request})
            waiting.answered.acquire()
        finally:
            self._waiting.pop(request, None)
        return waiting.results

    def deliver(self, request: int, results: list[Any]) -> None:
        waiting = self._waiting.pop(request, None)
        if waiting is not None:
            waiting.results = results
            waiting.answered.release()


def flush_output() -> None:
    """Sends what was printed, so that live output stands before the wait, in order."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            return
