"""What a stop of the run does to a kernel, by what somebody wants of it then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager


class Stopping:
    """Who waits for the kernel asks for a last word and hangs up by themselves. A code block that was asked for may be
    at work before who asked waits: the kernel is then hung up on a little later, for who asked may be stuck in the
    asking. Otherwise it is hung up on at once."""

    def __init__(self, hang_up: Callable[[], None]) -> None:
        self._hang_up = hang_up
        self._block = False
        self._waiting = False
        self._late: threading.Timer | None = None

    @contextmanager
    def asking(self, block: bool) -> Generator[None]:
        """``block``: for a code block."""
        before, self._block = self._block, block
        try:
            yield
        finally:
            self._block = before
            self._be_on_time()

    @contextmanager
    def waiting(self) -> Generator[None]:
        self._waiting = True
        self._be_on_time()
        try:
            yield
        finally:
            self._waiting = False

    def stop(self, grace_s: float) -> None:
        """From any thread; returns at once. ``grace_s``: how much later that is."""
        if self._waiting:
            return
        if not self._block:
            self._hang_up()
            return
        self._late = threading.Timer(grace_s, self._hang_up)
        self._late.daemon = True
        self._late.start()

    def _be_on_time(self) -> None:
        late, self._late = self._late, None
        if late is not None:
            late.cancel()
