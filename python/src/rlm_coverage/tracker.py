"""The coverage of some texts: it is told of every message that a model was sent, and asked what was in none."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

from .corpus import Corpus, SourceCopy, SourceFile, SourceText
from .indexes import Indexes
from .measure import measure
from .report import CoverageReport
from .role_coverage import RoleCoverage

BATCH_CHARS = 1 << 20
"""Messages are mapped when they are this long together, or when somebody asks: a turn of a thread costs, too."""


class CoverageTracker:
    """Maps messages onto texts in a thread of its own, so that nobody waits who adds one. Thread-safe.

    ``close`` it when nobody asks any more.
    """

    def __init__(self, texts: Iterable[SourceCopy | SourceFile | SourceText], roles: Sequence[str]) -> None:
        """``texts`` are read once, by the thread, with the first message or the first report; ``roles`` are whose
        messages are told apart."""
        self._texts = texts
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._last: dict[str, Sequence[str]] = {role: () for role in roles}
        self._added: dict[str, set[int]] = {role: set() for role in roles}
        self._waiting: list[tuple[str, str]] = []
        self._waiting_chars = 0
        self._mapping = False
        self._asked = 0
        self._closed = False
        self._failure: Exception | None = None
        self._corpus: Corpus | None = None
        self._indexes: Indexes | None = None
        self._roles: dict[str, RoleCoverage] = {}
        self._marks = threading.Lock()

    def add(self, role: str, messages: Sequence[str]) -> None:
        """Counts the messages of a prompt as read by a role. One that the role has had before is not mapped again."""
        with self._changed:
            last, self._last[role] = self._last[role], messages
            for place, message in enumerate(messages):
                if place < len(last) and last[place] == message:
                    continue
                if message and self._failure is None and (len(messages) == 1 or self._is_new(role, message)):
                    self._waiting.append((role, message))
                    self._waiting_chars += len(message)
            self._work()

    def report(self, timeout_s: float | None = None, chars: int | None = None) -> CoverageReport | None:
        """Tells what was read of the texts, once every message is mapped. ``chars``: of all texts, where it is known.

        With ``timeout_s``, in seconds: what is mapped by then, without a search for other places of the same text, and
        None when the texts are not known in time. None after ``close``, too.

        Raises what reading the texts raised, TextUnreadable, and OSError when their copy could not be written.
        """
        with self._changed:
            self._asked += 1
            self._work()
            self._changed.wait_for(self._is_done, timeout_s)
            self._asked -= 1
            if self._failure is not None:
                raise self._failure
        with self._marks:
            if self._corpus is None or self._indexes is None:
                return None
            if chars is not None:
                self._corpus.tell_chars(chars)
            return measure(self._corpus, self._indexes, self._roles, hurried=timeout_s is not None)

    def close(self) -> None:
        """Ends the thread and forgets the texts. Idempotent; does not wait."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _is_new(self, role: str, message: str) -> bool:
        """A prompt of one message is not asked about: its hash costs as much as to find it again."""
        known = self._added[role]
        size = len(known)
        known.add(hash(message))
        return len(known) > size

    def _is_done(self) -> bool:
        settled = self._corpus is not None and not self._waiting and not self._mapping
        return settled or self._failure is not None or self._closed

    def _work(self) -> None:
        """Tells the thread that something is to be done; the condition is held."""
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._run, name="coverage", daemon=True)
            self._thread.start()
        if self._is_due():
            self._changed.notify_all()

    def _run(self) -> None:
        try:
            corpus = Corpus(self._texts)
            with self._changed:
                self._corpus, self._indexes = corpus, Indexes(corpus)
                self._roles = {role: RoleCoverage(corpus, self._indexes) for role in self._last}
                self._changed.notify_all()
            while batch := self._next_batch():
                self._map(batch)
            self._forget(corpus)
        except Exception as error:
            with self._changed:
                self._failure = error
                self._changed.notify_all()

    def _forget(self, corpus: Corpus) -> None:
        """Closed: the copy of the texts, a descriptor of this process, goes now, not with the next collection."""
        with self._changed, self._marks:
            corpus.close()
            self._corpus, self._indexes, self._roles = None, None, {}

    def _next_batch(self) -> list[tuple[str, str]]:
        """Waits for messages that are due. Gives none when nobody asks any more."""
        with self._changed:
            self._mapping = False
            self._changed.notify_all()
            self._changed.wait_for(self._is_due)
            batch, self._waiting, self._waiting_chars = self._waiting, [], 0
            self._mapping = True
            return [] if self._closed else batch

    def _is_due(self) -> bool:
        return self._closed or self._waiting_chars >= (1 if self._asked > 0 else BATCH_CHARS)

    def _map(self, batch: list[tuple[str, str]]) -> None:
        for role, message in batch:
            with self._marks:
                self._roles[role].add(message)
