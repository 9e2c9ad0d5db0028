"""A turn of a session that is over, done once more for what it left in the REPL: nothing is asked for it anew."""

from __future__ import annotations

import threading

from ..cancel import RunStopped, StopSignal
from ..carried_context import carried
from .places import Place
from .recorded import OF_CODE, RecordedEffects, Slot, Taken

LAST_SECONDS = 10.0
"""How long a code block that had no end goes on with the last reply that it had: it may never end by itself."""

MESSAGE = "The turn was over here."


class OverTurn:
    """Knows where the turn came to its end. Thread-safe."""

    def __init__(self, recorded: RecordedEffects, stop: StopSignal, lock: threading.Lock) -> None:
        """``lock``: of ``recorded``."""
        self._recorded = recorded
        self._stop = stop
        self._lock = lock
        self._timer: threading.Timer | None = None
        self._is_at_end = False

    def refuse(self) -> None:
        """Raises RunStopped: what is asked now was not asked then."""
        self._stop.stop("cancelled", MESSAGE)
        raise RunStopped(self._stop.code or "cancelled", self._stop.message or MESSAGE)

    def block_starts(self, place: Place) -> None:
        """A block in which the turn was stopped before it had asked for anything is not run. Raises RunStopped."""
        with self._lock:
            has_part = self._recorded.is_ended(place) or self._has_effects(place)
        if not has_part:
            self.refuse()

    def first(self, slot: Slot) -> Taken | None:
        """What came of the turn stands, in whatever other words it is asked for now: what the caller was told is not
        said anew."""
        with self._lock:
            found = self._recorded.take_first(slot)
        if found is not None:
            self.given(slot)
        return found

    def given(self, slot: Slot) -> None:
        """An effect was given out. After the last one that the turn's end left to a code block, the turn stops soon."""
        with self._lock:
            if slot.kind in OF_CODE and not self._recorded.is_ended(slot.place):
                self._is_at_end = self._is_at_end or not self._has_effects(slot.place)
            if self._timer is not None:
                self._timer.cancel()
            if self._is_at_end:
                self._timer = threading.Timer(LAST_SECONDS, carried(self._stop.stop), ("cancelled", MESSAGE))
                self._timer.daemon = True
                self._timer.start()

    def close(self) -> None:
        with self._lock:
            self._is_at_end = False
            if self._timer is not None:
                self._timer.cancel()

    def _has_effects(self, place: Place) -> bool:
        return any(self._recorded.left(Slot(kind, place)) > 0 for kind in OF_CODE)
