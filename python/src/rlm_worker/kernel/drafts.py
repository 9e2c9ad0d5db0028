"""The answer so far, said before whatever code asks of the worker: a run that is stopped meanwhile has it at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .answer import plain_content


class Drafts:
    """``variables`` gives the namespace; ``send`` takes a message."""

    def __init__(self, variables: Callable[[], dict[str, Any]], send: Callable[[dict[str, Any]], None]) -> None:
        self._variables = variables
        self._send = send
        self._said: str | None = None

    def heard(self, content: str | None) -> None:
        """The worker has been told this otherwise, as a code block ended."""
        self._said = content

    def say(self) -> None:
        """Only what has changed: a thousand calls in a row say it once."""
        try:
            content = plain_content(self._variables())
        except (TypeError, ValueError, RuntimeError):
            return
        if content != self._said:
            self._said = content
            self._send({"type": "drafted", "content": content})
