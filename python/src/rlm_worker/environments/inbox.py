"""What one kernel says, for the threads that wait for it. What nobody asked for is dropped as it comes: it cannot pile
up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from ..kernel.messages import Received

if TYPE_CHECKING:
    from ..kernel.messages import FromSupervisor

Answer = TypeVar("Answer")


class Question(Generic[Answer]):
    """Asked under one id, answered by a message of one of its kinds. The first answer counts, and of the
    acknowledgements of a load the last: a kernel in the hands of model code may send any number."""

    def __init__(self, identity: int, kinds: tuple[type[Answer], ...]) -> None:
        self.id = identity
        self._kinds = kinds
        self._acknowledged: Answer | None = None
        self._answer: Answer | None = None

    @property
    def has_news(self) -> bool:
        return self._answer is not None or self._acknowledged is not None

    def hear(self, message: Any) -> None:
        if isinstance(message, self._kinds):
            if isinstance(message, Received):
                self._acknowledged = cast("Answer", message)
            else:
                self._answer = self._answer or message

    def news(self) -> Answer | None:
        """The answer, or what was acknowledged since the last time."""
        acknowledged, self._acknowledged = self._acknowledged, None
        return self._answer or acknowledged


class Inbox:
    """``ended``: why the kernel is gone. ``failure``: what a thread that waits is to raise. Thread-safe."""

    def __init__(self) -> None:
        self.ended: str | None = None
        self.failure: BaseException | None = None
        self._ids = count(1)
        self._changed = threading.Condition()
        self._questions: dict[int, Question[Any]] = {}

    def ask(self, *kinds: type[Answer]) -> Question[Answer]:
        """Expects the answer to a message that is about to be sent. ``forget`` ends it."""
        with self._changed:
            question = Question(next(self._ids), kinds)
            self._questions[question.id] = question
        return question

    def forget(self, question: Question[Any]) -> None:
        with self._changed:
            self._questions.pop(question.id, None)

    def wait(self, question: Question[Answer], settled: Callable[[], bool], timeout_s: float) -> Answer | None:
        """Its news; None when there are none in time, or by the time the kernel has ended, or ``settled``."""

        def over() -> bool:
            return question.has_news or self.ended is not None or settled()

        with self._changed:
            self._changed.wait_for(over, timeout_s)
            return question.news()

    # From the reader thread, and from whoever ends a wait

    def hear(self, message: FromSupervisor) -> None:
        with self._changed:
            question = self._questions.get(getattr(message, "id", 0))
            if question is not None:
                question.hear(message)
                self._changed.notify_all()

    def end(self, reason: str) -> None:
        """The first reason counts."""
        with self._changed:
            self.ended = self.ended or reason
            self._changed.notify_all()

    def fail(self, error: BaseException) -> None:
        with self._changed:
            self.failure = self.failure or error
            self._changed.notify_all()

    def wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
