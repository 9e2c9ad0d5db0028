"""What a launcher of kernels is."""

from __future__ import annotations

from typing import Any, Literal, Protocol

from ..cancel import StopSignal
from ..errors import EnvironmentFailure
from ..system_limits import CODE, limit_in_words
from .process import KernelProcess

ReplStyle = Literal["local", "docker"]


class Launcher(Protocol):
    """Starts the process of one kernel, and sees to it that nothing of it stays.

    Close contract: ``close`` is idempotent, may be called at any time after construction, and returns when nothing
    of the kernel is left: no process, no container, no temporary file. ``KernelProcess.hang_up`` is the quick way to
    make a kernel end; ``end`` and ``close`` make sure that it did.
    """

    @property
    def repl_style(self) -> ReplStyle: ...

    @property
    def container(self) -> str | None:
        """The name of the container, once launched."""
        ...

    @property
    def block_timeout_s(self) -> float: ...

    @property
    def start_timeout_s(self) -> float: ...

    def kernel_config(self) -> dict[str, Any]:
        """What the supervisor is told about the place it runs in."""
        ...

    def launch(self, stop: StopSignal) -> KernelProcess:
        """A process that waits to be loaded. Raises EnvironmentFailure and RunStopped."""
        ...

    def recover(self, process: KernelProcess, stop: StopSignal) -> None:
        """``process`` ended before it had started. Returns when another launch may succeed, else raises
        EnvironmentFailure."""
        ...

    def end(self, process: KernelProcess) -> None:
        """Wait for a process that was hung up, and end it by force when it does not go."""
        ...

    def close(self) -> None: ...


def not_started(message: str, words: str = "") -> EnvironmentFailure:
    """A process that did not start, with the advice for a limit of the machine that ``message`` or ``words``, all it
    said, tell of."""
    advice = limit_in_words(f"{message} {words}")
    if advice is None:
        return EnvironmentFailure("environment_start_failed", message)
    return EnvironmentFailure(CODE, f"{message}. {advice}")


def configuration(launcher: Launcher, capture_chars: int) -> dict[str, Any]:
    """What a launched process is loaded with. ``capture_chars``: how much output of a code block is kept."""
    return {**launcher.kernel_config(), "captureChars": capture_chars}
