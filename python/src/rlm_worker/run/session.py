"""A session: runs that share one REPL, one after the other. It holds what outlives a run, and nothing of any run."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import cast

from ..cancel import StopSignal
from ..context import ContextHandle
from ..coverage import Coverage
from ..environments.kernel_repl import KernelREPL
from ..errors import EnvironmentFailure, session_lost
from ..loop.seams import environment_host
from ..loop.tree import TreeRLM

HOLDER_POLL_SECONDS = 0.05


class Session:
    """A session, whose REPL starts with the first turn and ends with ``close``. One turn at a time."""

    def __init__(self, session_id: str) -> None:
        self.id = session_id
        self._environment: KernelREPL | None = None
        self._lost: EnvironmentFailure | None = None
        self._coverage: Coverage | None = None
        self._holder = threading.Lock()

    @property
    def newest_context(self) -> ContextHandle | None:
        """What a turn that brings no context is about; None while the REPL has none."""
        return self._environment.newest_context if self._environment is not None else None

    def coverage(self, context: ContextHandle) -> Coverage:
        """The coverage of a turn's context, over all turns that are about it."""
        if self._coverage is None or self._coverage.context is not context:
            self._close_coverage()
            loaded = self._environment.get_context_count() if self._environment is not None else 0
            self._coverage = Coverage(context, f"context_{loaded}")
        return self._coverage

    @contextmanager
    def held(self, stop: StopSignal) -> Generator[None]:
        """For one run, to the end of its thread: one that was stopped may still unwind when its terminal event is out.

        Raises RunStopped.
        """
        while not self._holder.acquire(timeout=HOLDER_POLL_SECONDS):
            stop.raise_if_stopped()
        try:
            yield
        finally:
            self._holder.release()

    @contextmanager
    def turn(self, root: TreeRLM) -> Generator[None]:
        """Within it ``root`` works in the session's REPL, and starts it when there is none.

        Raises RunStopped, and EnvironmentFailure: a session that is lost stays so, and its REPL is ended at once.
        """
        if self._lost is not None:
            raise self._lost
        try:
            if self._environment is not None:
                self._environment.begin_turn(environment_host(root.scope, root.node), root.subcall)
                root.adopt(self._environment)
            try:
                yield
            finally:
                self._environment = cast("KernelREPL | None", root.environment)
                if self._environment is not None and not self._environment.end_turn():
                    self._lose(session_lost("sub-calls of an ended turn did not stop"))
        except EnvironmentFailure as failure:
            if failure.code == "session_lost":
                self._lose(failure)
            raise

    def _lose(self, failure: EnvironmentFailure) -> None:
        self._lost = failure
        self.close()

    def close(self) -> None:
        """Nothing of the REPL is left when this returns. Idempotent."""
        environment, self._environment = self._environment, None
        self._close_coverage()
        if environment is not None:
            environment.cleanup()

    def _close_coverage(self) -> None:
        if self._coverage is not None:
            self._coverage.close()
