"""The time a code block has used: waiting for sub-calls and host tools does not count."""

from __future__ import annotations

INTERRUPT_GRACE_S = 2.0


class BlockClock:
    """First an interrupt, which keeps the variables; after a grace the interpreter has to go."""

    def __init__(self, block: int, limit_s: float, now: float) -> None:
        self.block = block
        self.limit_s = limit_s
        self.interrupted = False
        self.expired = False
        self._used = 0.0
        self._seen = now
        self._interrupted_at = 0.0

    def advance(self, now: float, waiting: bool) -> str | None:
        """What is due now: ``interrupt``, ``kill``, or nothing. ``waiting`` says what went on since the last call."""
        if not waiting:
            self._used += now - self._seen
        self._seen = now
        if not self.interrupted and self._used >= self.limit_s:
            self.interrupt(now)
            return "interrupt"
        if self.interrupted and not self.expired and now - self._interrupted_at >= INTERRUPT_GRACE_S:
            self.expired = True
            return "kill"
        return None

    def interrupt(self, now: float) -> None:
        """The block is interrupted at this moment; its grace begins."""
        self.interrupted = True
        self._interrupted_at = now

    def next_due_s(self, waiting: bool) -> float | None:
        """Seconds until something can be due; None while the clock stands still."""
        if self.expired:
            return None
        if self.interrupted:
            return max(0.0, self._interrupted_at + INTERRUPT_GRACE_S - self._seen)
        return None if waiting else max(0.0, self.limit_s - self._used)
