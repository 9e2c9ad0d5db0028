"""The coverage of one context: told of every prompt that a model answered, and asked what was never in one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from tempfile import gettempdir
from typing import TYPE_CHECKING

from rlm_coverage import CoverageReport, CoverageTracker, SourceCopy, SourceFile, SourceText, TextUnreadable, fraction

from ..carried_context import carried
from ..clients.messages import Messages, text_of
from ..context import ContextHandle, ContextList
from ..errors import ContextFailure, RunError
from ..sent_documents import SentDocuments
from .context_texts import context_sha256, context_texts
from .problem import ContextNames, problem
from .wire_report import ROLES, Role, wire_report

if TYPE_CHECKING:
    from .._generated.outgoing import AnswerProblem, CoverageMeasured

STOPPED_SECONDS = 0.25
"""How long a stopped run waits for its coverage; half of it at most for what is not mapped yet."""


class Coverage:
    """Thread-safe; no call waits for it. ``close`` when nobody asks any more.

    Attributes:
        context: the context that it is about.
        sha256: of the context, as the REPL reports it; computed here when nobody sets it.
    """

    def __init__(self, context: ContextHandle, variable: str = "context") -> None:
        """``variable`` is what the REPL calls the context. Nothing is read before the first prompt; what the REPL is
        sent of many files is kept until then."""
        self.sha256: str | None = None
        self.context = context
        self._streamed = context.streamed
        if self._streamed.kind == "files":
            self._streamed.sent = SentDocuments()
        self._names = ContextNames(context.streamed.kind, isinstance(context, ContextList), variable)
        self._tracker = CoverageTracker(self._texts(), ROLES)

    def note(self, role: Role, messages: Messages) -> None:
        """Counts a prompt that a model answered. A message that the role has sent before is not mapped again."""
        self._tracker.add(role, [text_of(message.get("content")) for message in messages])

    def report(self, *, stopped: bool = False) -> CoverageMeasured | None:
        """The fields of ``coverage.measured``; of a stopped run as far as there is time, and None when there is none.

        Raises what reading the context raised: ContextFailure, OSError, ValueError.
        """
        return self._hurried_report() if stopped else self._report(None)

    def problems(self, required: float) -> list[AnswerProblem]:
        """Why less was read than the fraction ``required``, as the wire has it, or nothing. Raises as
        ``report``, and RunError where the disk is why."""
        try:
            report = self._reported(None)
        except OSError as error:
            what = f"What was read cannot be measured ({error.strerror}), and requireCoverage asks for it"
            advice = f"Free space in {gettempdir()}, or set TMPDIR."
            raise RunError("insufficient_coverage", f"{what}. {advice}") from None
        if report is None or fraction(report.seen, report.chars) >= required:
            return []
        return [{"source": "coverage", "path": "", "message": problem(report, required, self._names)}]

    def close(self) -> None:
        """Idempotent. Does not wait."""
        self._tracker.close()
        if self._streamed.sent is not None:
            self._streamed.sent.close()

    def _texts(self) -> Iterator[SourceCopy | SourceFile | SourceText]:
        """Runs in the tracker's thread."""
        for text in context_texts(self._streamed):
            if not text.is_text:
                self._names.not_text.add(text.place)
            yield text.source
        self.sha256 = self.sha256 or context_sha256(self._streamed)

    def _report(self, timeout_s: float | None) -> CoverageMeasured | None:
        report = self._reported(timeout_s)
        if report is None or self.sha256 is None:
            return None
        return wire_report(report, self.sha256, self._streamed.kind)

    def _reported(self, timeout_s: float | None) -> CoverageReport | None:
        # Values of JSON are counted otherwise, and what was not loaded is not counted yet.
        chars = self._streamed.chars if self._streamed.kind != "json" else 0
        try:
            return self._tracker.report(timeout_s, chars or None)
        except TextUnreadable as error:
            raise ContextFailure("context_unreadable", str(error)) from None

    def _hurried_report(self) -> CoverageMeasured | None:
        """In a thread, as measuring a large context takes longer than a stopped run may."""
        done: Future[CoverageMeasured | None] = Future()

        def report() -> None:
            try:
                done.set_result(self._report(STOPPED_SECONDS / 2))
            except Exception as error:
                done.set_exception(error)

        threading.Thread(target=carried(report), name="coverage-report", daemon=True).start()
        try:
            return done.result(STOPPED_SECONDS)
        except TimeoutError:
            return None
