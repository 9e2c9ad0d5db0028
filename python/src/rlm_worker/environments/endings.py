"""The ends of kernels that nobody waits for: a run tells its answer while its container is removed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import cache

from ..errors import EnvironmentFailure

log = logging.getLogger("rlm_worker.environments")


class Endings:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._going_on: set[threading.Thread] = set()

    def begin(self, end: Callable[[], None]) -> None:
        """``end`` goes on beside its run; where no thread can be started it is over when this returns. What it fails
        to remove is logged, and left to the sweep of a later worker."""
        thread = threading.Thread(target=self._run, args=(end,), name="rlm-kernel-end", daemon=True)
        with self._lock:
            self._going_on.add(thread)
        try:
            thread.start()
        except RuntimeError:
            with self._lock:
                self._going_on.discard(thread)
            _finish(end)

    def wait(self, timeout_s: float) -> None:
        """For all that have begun, up to ``timeout_s``."""
        until = time.monotonic() + timeout_s
        with self._lock:
            going_on = list(self._going_on)
        for thread in going_on:
            thread.join(max(0.0, until - time.monotonic()))

    def _run(self, end: Callable[[], None]) -> None:
        try:
            _finish(end)
        finally:
            with self._lock:
                self._going_on.discard(threading.current_thread())


def _finish(end: Callable[[], None]) -> None:
    try:
        end()
    except EnvironmentFailure as failure:
        log.warning("%s", failure.message)


def now(end: Callable[[], None]) -> None:
    """For who waits: nothing of the kernel is left when this returns."""
    end()


@cache
def endings() -> Endings:
    """Those of this process."""
    return Endings()
