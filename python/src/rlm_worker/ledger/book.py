"""The calls of a run, once they have ended, and their sums."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .calls import CallRecord, Totals

if TYPE_CHECKING:
    from .._generated import outgoing as out

MOST_KEPT_CHARS = 200
"""Of a reply: a copy of the record without it takes more."""

ASKED_BY_CODE = frozenset({"llm_query", "leaf"})


class Book:
    """Thread-safe."""

    def __init__(self, spent: Iterable[CallRecord]) -> None:
        """``spent``: in earlier lives of the run, which count in the sums alone."""
        self._lock = threading.Lock()
        self._records: list[CallRecord] = []
        self._totals = Totals()
        for record in spent:
            self._totals.add(record)

    def add(self, record: CallRecord) -> out.CallTotals:
        """Returns the sums with it. What the model said is not kept: whoever asked has it."""
        with self._lock:
            self._records.append(record._replace(text="") if len(record.text) > MOST_KEPT_CHARS else record)
            self._totals.add(record)
            return self._totals.to_wire()

    def add_again(self, record: CallRecord) -> None:
        """One of an earlier life, which is in the sums."""
        with self._lock:
            self._records.append(record)

    def below(self, node: str) -> list[CallRecord]:
        """The calls made by a node and by everything below it."""
        with self._lock:
            return [r for r in self._records if r.caller.node == node or r.caller.node.startswith(f"{node}/")]

    def asked_by(self, node: str) -> list[CallRecord]:
        """The plain calls made from a node's REPL, in the order of their ends."""
        with self._lock:
            return [r for r in self._records if r.caller.node == node and r.caller.role in ASKED_BY_CODE]

    @property
    def calls(self) -> int:
        """Calls made so far, failed ones included."""
        with self._lock:
            return self._totals.calls

    @property
    def used_tokens(self) -> int:
        with self._lock:
            return self._totals.used_tokens
