"""How a code block is ended that was cut off in an earlier life of its run."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..cancel import CutOff, StopSignal
from ..kernel.messages import Ended
from .inbox import Question
from .kernel_client import KernelClient


class CutOffs:
    """Passes on why a block must end; that it was cut off, for as long as one runs that was."""

    def __init__(self, fail: Callable[[BaseException], None]) -> None:
        self._fail = fail
        self._lock = threading.Lock()
        self._is_expected = False

    def fail(self, error: BaseException) -> None:
        """From any thread."""
        with self._lock:
            if self._is_expected or not isinstance(error, CutOff):
                self._fail(error)

    def end(self, kernel: KernelClient, block: Question[Ended], stop: StopSignal) -> Ended:
        """Ends the block, as its time limit would. Raises EnvironmentFailure and RunStopped."""
        self.expect(False)
        kernel.interrupt(block)
        ended = kernel.resume(stop)
        assert ended is not None
        return ended

    def expect(self, value: bool) -> None:
        with self._lock:
            self._is_expected = value
