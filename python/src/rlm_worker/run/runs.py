"""The runs of this process: any number at once, each found by its id, and which of them do not come to their end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from .._generated.messages import RunSpec
from ..environments.endings import endings
from ..environments.kernel_template import kernel_templates
from ..environments.warm import warm_kernels
from ..loop.seams import install
from .run import Run, shares_worker


class Runs:
    """Thread-safe. ``is_draining``: one did not unwind, and this process is to be given no other."""

    def __init__(self, say_draining: Callable[[str], None], drained: Callable[[], None]) -> None:
        """``say_draining``: called with the id of the first run that does not unwind, before its last event.
        ``drained``: called each time when after that none goes on any more."""
        install()
        self.is_draining = False
        self._say_draining = say_draining
        self._drained = drained
        self._going_on: dict[str, Run] = {}
        self._unwinding: set[Run] = set()
        self._lock = threading.Lock()

    def add(self, run: Run) -> None:
        with self._lock:
            self._going_on[run.id] = run
            self._unwinding.add(run)

    def get(self, run_id: str) -> Run | None:
        """One that is going on."""
        return self._going_on.get(run_id)

    def refusal(self, run_id: str, spec: RunSpec) -> str | None:
        """Why a run cannot begin now; None when it can."""
        other = self.any()
        if other is None:
            return None
        if not other.shares:
            return f'The run "{other.id}" is still going on, and shares its worker with no other. Start another worker.'
        if not shares_worker(spec):
            return f'The run "{other.id}" is still going on, and this one shares no worker. Start another worker.'
        return "A run with this id is still going on. Give another id." if run_id in self._going_on else None

    def any(self) -> Run | None:
        """One that is going on, where there is one."""
        with self._lock:
            return next(iter(self._going_on.values()), None)

    def ended(self, run: Run) -> None:
        """The run is about to say its last: from now on its id is nobody's."""
        with self._lock:
            self._going_on.pop(run.id, None)
            is_drained = self.is_draining and not self._going_on
        if is_drained:
            self._drained()

    def unwound(self, run: Run) -> None:
        """Nothing works for it any more."""
        with self._lock:
            self._unwinding.discard(run)

    def stuck(self, run: Run) -> None:
        """Its thread does not unwind. That of others is not its matter: they go on."""
        with self._lock:
            is_first, self.is_draining = not self.is_draining, True
        if is_first:
            self._say_draining(run.id)

    def end(self, message: str, timeout: float) -> None:
        """Stop all of them: nothing is kept for another, and they have ``timeout`` seconds in all to unwind."""
        warm_kernels().close()
        with self._lock:
            going_on, unwinding = list(self._going_on.values()), list(self._unwinding)
        for run in going_on:
            run.stop("cancelled", message)
        until = time.monotonic() + (0.0 if self.is_draining else timeout)
        for run in unwinding:
            run.join(max(0.0, until - time.monotonic()))
        endings().wait(max(0.0, until - time.monotonic()))

    def close(self) -> None:
        """After ``end`` and that of a session: nothing forks kernels any more."""
        kernel_templates().close()
