"""What a run lends to its environments, and what it hears of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from ..cancel import StopSignal
from ..kernel.messages import ContextType, OutputStream
from .endings import now
from .requests import Address, CallTool, SubCallRouter

CAPTURE_CHARS = 1_000_000


class EnvironmentObserver(Protocol):
    """Hears what happens in an environment; called from its threads, in order."""

    def environment_started(self, container: str | None, duration_ms: float) -> None: ...
    def context_loaded(
        self, context_type: ContextType, chars: int, bytes_: int, sha256: str, duration_ms: float
    ) -> None: ...
    def output(self, stream: OutputStream, text: str) -> None:
        """``stream`` is stdout or stderr; while a code block runs, at most about ten times a second."""
        ...


class EnvironmentHost(NamedTuple):
    """What the run lends to its environments.

    Attributes:
        run_id: what its containers are labelled with: the session's id, for a run of one.
        lasting: the run is one of a session, and the environment stays for the next.
        options: ``environmentOptions``, camelCase as on the wire.
        router: who serves the sub-calls of an LM handler's address; None means the official socket protocol.
        call_tool: calls a host tool of the environment's node.
        max_output_chars: a code block's captured output is never cut below this.
        keeps_calls: a code block's result has the calls that were made for it.
        begin_end: how what the end of a kernel takes is done: ``now``, or beside the run.
        seed: of ``random`` in the code block that is about to run; other ones for other blocks.
    """

    run_id: str
    lasting: bool
    stop: StopSignal
    options: Mapping[str, Any]
    observer: EnvironmentObserver
    router: Callable[[Address], SubCallRouter | None]
    call_tool: CallTool
    max_output_chars: int
    seed: Callable[[], str]
    keeps_calls: bool = True
    begin_end: Callable[[Callable[[], None]], None] = now

    @property
    def capture_chars(self) -> int:
        """How much of a code block's output is kept."""
        return max(CAPTURE_CHARS, self.max_output_chars)
