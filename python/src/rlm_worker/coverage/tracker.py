"""The coverage of one context: told of every prompt that a model answered, and asked what was never in one."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from tempfile import gettempdir
from typing import TYPE_CHECKING, Literal

from ..clients.messages import Messages, text_of
from ..context import ContextHandle, ContextList
from ..errors import RunError
from .documents import Documents, context_sha256
from .report import Measured, fraction, nothing_seen, problem, wire_coverage

if TYPE_CHECKING:
    from .._generated.outgoing import AnswerProblem, CoverageMeasured
    from .seen import Index, Seen

Role = Literal["root", "sub"]

BATCH_CHARS = 1 << 20
"""Prompts are mapped when they are this long together, or when somebody asks: numpy is slow on short texts."""

STOPPED_SECONDS = 0.25
"""How long a stopped run waits for its coverage; half of it at most for what is not mapped yet."""


class Coverage:
    """Maps in a thread of its own, so that no call waits. Thread-safe. ``close`` when nobody asks any more.

    Attributes:
        context: what it is about.
        sha256: of the context, as the REPL reports it; computed here when nobody sets it.
    """

    def __init__(self, context: ContextHandle, variable: str = "context") -> None:
        """``variable``: what the REPL calls the context. Nothing is read before the first prompt."""
        self.sha256: str | None = None
        self.context = context
        self._streamed = context.streamed
        self._is_list = isinstance(context, ContextList)
        self._variable = variable
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._noted: dict[Role, set[int]] = {"root": set(), "sub": set()}
        self._waiting: list[tuple[Role, str]] = []
        self._waiting_chars = 0
        self._mapping = False
        self._asked = 0
        self._closed = False
        self._failure: Exception | None = None
        self._documents: Documents | None = None
        self._index: Index | None = None
        self._seen: dict[str, Seen] = {}
        self._marks = threading.Lock()

    def note(self, role: Role, messages: Messages) -> None:
        """A model answered this prompt. A message that the role has sent before is not mapped again."""
        texts = [text_of(message.get("content")) for message in messages]
        with self._changed:
            for text in texts if self._failure is None else []:
                if text and hash(text) not in self._noted[role]:
                    self._noted[role].add(hash(text))
                    self._waiting.append((role, text))
                    self._waiting_chars += len(text)
            self._work()

    def report(self, *, stopped: bool = False) -> CoverageMeasured | None:
        """The fields of ``coverage.measured``; of a stopped run as far as there is time, and None when there is none.

        Raises what reading the context raised: ContextFailure, OSError, ValueError.
        """
        return self._hurried_report() if stopped else self._report(None)

    def problems(self, required: float) -> list[AnswerProblem]:
        """Why less was read than the fraction ``required``, as the wire has it, or nothing. Raises as
        ``report``, and RunError where the disk is why."""
        try:
            measured = self._measured(None)
        except OSError as error:
            what = f"What was read cannot be measured ({error.strerror}), and requireCoverage asks for it"
            advice = f"Free space in {gettempdir()}, or set TMPDIR."
            raise RunError("insufficient_coverage", f"{what}. {advice}") from None
        if measured is None or fraction(measured.seen, measured.chars) >= required:
            return []
        message = problem(measured, required, self._streamed.kind, self._is_list, self._variable)
        return [{"source": "coverage", "path": "", "message": message}]

    def close(self) -> None:
        """Idempotent. Does not wait."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _report(self, timeout_s: float | None) -> CoverageMeasured | None:
        measured = self._measured(timeout_s)
        if measured is None or self.sha256 is None:
            return None
        return wire_coverage(measured, self.sha256, self._streamed.kind)

    def _hurried_report(self) -> CoverageMeasured | None:
        """In a thread, as measuring a large context takes longer than a stopped run may."""
        done: Future[CoverageMeasured | None] = Future()

        def report() -> None:
            try:
                done.set_result(self._report(STOPPED_SECONDS / 2))
            except Exception as error:
                done.set_exception(error)

        threading.Thread(target=report, name="coverage-report", daemon=True).start()
        try:
            return done.result(STOPPED_SECONDS)
        except TimeoutError:
            return None

    def _measured(self, timeout_s: float | None) -> Measured | None:
        """None when the documents, or what was read of them, are not known in time."""
        with self._changed:
            self._asked += 1
            self._work()
            self._changed.wait_for(self._is_done, timeout_s)
            self._asked -= 1
            if self._failure is not None:
                raise self._failure
            documents, index = self._documents, self._index
            is_noted = any(self._noted.values())
        if documents is None or (index is None and is_noted):
            return None
        if index is None:
            return nothing_seen(documents.texts)
        from .measure import measure

        with self._marks:
            return measure(documents, index, self._seen, hurried=timeout_s is not None)

    def _is_done(self) -> bool:
        settled = self._documents is not None and not self._waiting and not self._mapping
        return settled or self._failure is not None or self._closed

    def _work(self) -> None:
        """Something is to be done; the condition is held."""
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._run, name="coverage", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _run(self) -> None:
        try:
            documents = Documents(self._streamed)
            self.sha256 = self.sha256 or context_sha256(self._streamed)
            with self._changed:
                self._documents = documents
                self._changed.notify_all()
            while batch := self._next_batch():
                self._map(documents, batch)
            self._forget()
        except Exception as error:
            with self._changed:
                self._failure = error
                self._changed.notify_all()

    def _forget(self) -> None:
        """Closed: the copy of the documents, a descriptor of this process, goes now, not with the next collection."""
        with self._changed, self._marks:
            self._documents, self._index, self._seen = None, None, {}

    def _next_batch(self) -> list[tuple[Role, str]]:
        """Empty: nobody asks any more."""
        with self._changed:
            self._mapping = False
            self._changed.notify_all()
            self._changed.wait_for(self._is_due)
            batch, self._waiting, self._waiting_chars = self._waiting, [], 0
            self._mapping = True
            return [] if self._closed else batch

    def _is_due(self) -> bool:
        return self._closed or self._waiting_chars >= (1 if self._asked > 0 else BATCH_CHARS)

    def _map(self, documents: Documents, batch: list[tuple[Role, str]]) -> None:
        from .seen import Index, Seen, together

        if self._index is None:
            index = Index(documents)
            self._seen = {"root": Seen(index), "sub": Seen(index)}
            self._index = index
        for role, seen in self._seen.items():
            for pieces in together(text for of, text in batch if of == role):
                with self._marks:
                    seen.see(pieces)
