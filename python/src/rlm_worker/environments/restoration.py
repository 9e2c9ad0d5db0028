"""What an interpreter's successor gets again, and what the model is told of the rest."""

from __future__ import annotations

from ..errors import ContextFailure, EnvironmentFailure
from ..kernel.messages import Loaded
from .kernel_client import PROBE_S, KernelClient
from .loader import Loader, Target
from .payload import Payload


class Restoration:
    """Holds every loaded context and history (by handle or as bytes), and the names of the model's own variables."""

    def __init__(self, kernel: KernelClient, limit_s: float) -> None:
        self._kernel = kernel
        self._limit_s = max(limit_s, PROBE_S)
        self._loaded: dict[str, tuple[Payload, Target]] = {}
        self._variables: list[str] = []
        self._deaths: list[str] = []
        self._unrestored = False

    def load(self, payload: Payload, target: Target) -> Loaded:
        """Load it now, and into every successor. Where that fails in an interpreter that has run code, which may hold
        all the memory, or lie, it is loaded into a fresh one; but not what a turn of a session brings and cannot be
        read: that is no reason to lose the session."""
        self._kernel.probe()
        self.restore()
        used, life = self._kernel.used, self._kernel.life
        try:
            report = self._load(payload, target)
        except (EnvironmentFailure, ContextFailure) as failure:
            of_the_callers = isinstance(failure, ContextFailure) and self._kernel.lasting
            if of_the_callers or not used:
                raise
            if self._kernel.life == life:
                self._kernel.replace(failure.message)
                self._kernel.probe()
            self.restore()
            report = self._load(payload, target)
        self._loaded[target.name] = (payload, target)
        return report

    def note_death(self, reason: str) -> None:
        """Called from the reader thread."""
        self._deaths.append(reason)
        self._unrestored = True

    def note_variables(self, names: list[str]) -> None:
        provided = {"answer", "history", "json", *self._loaded, *(target.alias for _, target in self._loaded.values())}
        self._variables = [name for name in names if name not in provided]

    def restore(self) -> None:
        """Fill a fresh interpreter. One that dies of it is the caller's failure."""
        if self._unrestored:
            self._unrestored = False
            try:
                for payload, target in self._loaded.values():
                    self._load(payload, target)
            except BaseException:
                self._unrestored = True
                raise

    def _load(self, payload: Payload, target: Target) -> Loaded:
        return Loader(self._kernel, self._limit_s).load(payload, target)

    @property
    def unreported_death(self) -> str | None:
        """Why an interpreter died that the model has not heard of."""
        return self._deaths[-1] if self._deaths else None

    def report_deaths(self) -> str | None:
        """Since the last report: what to tell the model was lost; None when nothing happened."""
        if not self._deaths:
            return None
        self._deaths.clear()
        lost, self._variables = self._variables, []
        return f"variables lost: {', '.join(lost)}" if lost else "no variables lost"
