"""Stopping a run: one signal every wait of the run listens to, and the exception that unwinds it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from ._generated.outgoing import RunErrorCode

    StopCode = RunErrorCode | Literal["ended", "late"]

ENDED: Final = "ended"
"""The code of a stop that is none: the run has its outcome, and cuts off what its code left under way."""


class CutOff(BaseException):
    """A code block that was cut off in an earlier life of the run has come as far as it had come then.

    A ``BaseException``, as ``RunStopped`` is.
    """

    def __str__(self) -> str:
        return "the code block was cut off here"


class RunStopped(BaseException):
    """The run was stopped from outside: cancelled, out of time, or out of money.

    A ``BaseException``: the official library turns every ``Exception`` of a child RLM, of a sub-call and of REPL code
    into an ``"Error: ..."`` string, and a stopped run must not go on.

    Attributes:
        code: the literal code of the wire, or ENDED.
        message: says what happened and what to do.
    """

    def __init__(self, code: StopCode, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code: StopCode = code
        self.message = message

    @property
    def run_code(self) -> RunErrorCode:
        """Of the run that ends with it: the other stops cut off what a run left, and end none."""
        return "cancelled" if self.code in ("ended", "late") else self.code


class StopSignal:
    """Thread-safe and final: the first ``stop`` wins, later ones change nothing."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []
        self._reason: tuple[StopCode, str] | None = None

    @property
    def stopped(self) -> bool:
        return self._event.is_set()

    @property
    def code(self) -> StopCode | None:
        return self._reason[0] if self._reason else None

    @property
    def message(self) -> str | None:
        return self._reason[1] if self._reason else None

    def stop(self, code: StopCode, message: str) -> bool:
        """Stop the run; False when it was stopped before. Every callback runs, in this thread.

        Raises:
            ExceptionGroup: what callbacks raised, after all of them ran.
        """
        with self._lock:
            if self._reason is not None:
                return False
            self._reason = (code, message)
            callbacks, self._callbacks = self._callbacks, []
            self._event.set()
        errors: list[Exception] = []
        for callback in callbacks:
            try:
                callback()
            except Exception as error:
                errors.append(error)
        if errors:
            raise ExceptionGroup("callbacks of a stopped run failed", errors)
        return True

    def raise_if_stopped(self) -> None:
        """Raises RunStopped with the reason of the first ``stop``."""
        if self._reason is not None:
            raise RunStopped(*self._reason)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait up to ``timeout`` seconds; True when the run is stopped."""
        return self._event.wait(timeout)

    def on_stop(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` once, from the stopping thread, or at once when it has stopped. Returns an unsubscribe."""
        with self._lock:
            if self._reason is None:
                self._callbacks.append(callback)
                return lambda: self._forget(callback)
        callback()
        return lambda: None

    def _forget(self, callback: Callable[[], None]) -> None:
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)
