"""What can end a run, each with a literal ``RunErrorCode`` and a message that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._generated.outgoing import RunErrorCode


class RunError(Exception):
    """A run that cannot go on.

    Attributes:
        code: the literal code of the wire.
        message: for the person who started the run; never holds a key.
    """

    def __init__(self, code: RunErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: RunErrorCode = code
        self.message = message


class ProviderError(RunError):
    """A model call failed.

    Attributes:
        status: HTTP status, or None when no answer came.
        retryable: the same request may succeed later (429, 5xx, connection).
        retry_after_s: what the provider asked to wait, in seconds.
        retries: attempts made after the first before this error was final.
        unsent: the provider provably never had the request, so that nothing can be billed.
    """

    def __init__(
        self,
        code: RunErrorCode,
        message: str,
        *,
        status: int | None = None,
        retryable: bool = False,
        retry_after_s: float | None = None,
        retries: int = 0,
        unsent: bool = False,
    ) -> None:
        super().__init__(code, message)
        self.status = status
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        self.retries = retries
        self.unsent = unsent


class EnvironmentFailure(RunError):
    """The environment cannot start, or is gone for good.

    Codes: container_runtime_missing, container_runtime_not_running, image_missing, landlock_unavailable,
    environment_extra_missing, environment_start_failed, environment_died, session_lost, system_limit_reached.
    """


class ContextFailure(RunError):
    """The context cannot be read. Codes: context_unreadable, context_not_utf8."""


def session_lost(reason: str) -> EnvironmentFailure:
    """What the session's REPL held is gone; ``reason`` says why, without a full stop."""
    message = f"The session cannot go on: {reason}. What its REPL held is gone."
    return EnvironmentFailure("session_lost", message)
