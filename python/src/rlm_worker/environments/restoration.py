"""What an interpreter's successor gets again, and what the model is told of the rest."""

from __future__ import annotations

from typing import Any

from .loader import Loader, Target
from .payload import Payload
from .session import KernelSession


class Restoration:
    """Holds every loaded context and history (by handle or as bytes), and the names of the model's own variables."""

    def __init__(self, session: KernelSession) -> None:
        self._session = session
        self._loaded: dict[str, tuple[Payload, Target]] = {}
        self._variables: list[str] = []
        self._deaths: list[str] = []
        self._unrestored = False

    def load(self, payload: Payload, target: Target) -> dict[str, Any]:
        """Load it now, and into every successor."""
        self.restore()
        report = Loader(self._session).load(payload, target)
        self._loaded[target.name] = (payload, target)
        return report

    def note_death(self, reason: str) -> None:
        """Called from the reader thread."""
        self._deaths.append(reason)
        self._unrestored = True

    def note_variables(self, names: list[str]) -> None:
        provided = {"answer", "json", *self._loaded, *(target.alias for _, target in self._loaded.values())}
        self._variables = [name for name in names if name not in provided]

    def restore(self) -> None:
        """Fill a fresh interpreter. One that dies of it is the caller's failure."""
        if self._unrestored:
            self._unrestored = False
            try:
                for payload, target in self._loaded.values():
                    Loader(self._session).load(payload, target)
            except BaseException:
                self._unrestored = True
                raise

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
