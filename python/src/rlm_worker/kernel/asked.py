"""What the worker has asked of the interpreter: an answer to nothing, or to something else, goes no further."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .loading import ACK_BYTES
from .messages import Alive, Draft, Loaded, LoadFailed, Received

if TYPE_CHECKING:
    from .messages import Answer

_QUESTIONS: dict[Any, str] = {
    Received: "load",
    Loaded: "load",
    LoadFailed: "load",
    Draft: "peek_answer",
    Alive: "probe",
}


class Asked:
    """At most one question of each kind is open; a new one takes the place of the last."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}
        self._sent = 0
        self._received = 0

    def ask(self, question: str, identity: int) -> None:
        """``question``: load, peek_answer or probe."""
        self._open[question] = identity
        if question == "load":
            self._sent = self._received = 0

    def pass_on(self, size: int) -> None:
        """Passes bytes on: so many of the load go to the interpreter."""
        self._sent += size

    def is_open(self, question: str) -> bool:
        return question in self._open

    def close(self, question: str) -> int | None:
        """The id under which it was asked; None when it was not."""
        return self._open.pop(question, None)

    def accept(self, answer: Answer) -> bool:
        """Whether it was asked for. Any but the acknowledgement of a part closes the question, and that is one only of
        what was sent and not acknowledged before."""
        question = _QUESTIONS[type(answer)]
        if self._open.get(question) != answer.id:
            return False
        if not isinstance(answer, Received):
            del self._open[question]
            return True
        if not self._received + ACK_BYTES <= answer.bytes <= self._sent:
            return False
        self._received = answer.bytes
        return True
