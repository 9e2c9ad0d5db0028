"""The kernel as processes of this machine: no keys in their environment, bounded, killable. Not a security boundary."""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from typing import Any, Final

from ..cancel import StopSignal
from ..errors import EnvironmentFailure
from ..kernel import bundle
from ..kernel.folders import remove_folder
from ..kernel.processes import is_running
from .fork import Fork
from .kernel_template import TemplateGone, kernel_templates
from .launcher import ReplStyle, not_started
from .options import LandlockOptions, LocalOptions
from .process import KernelProcess, Spawned
from .template_process import MARK, kernel_variables

log = logging.getLogger("rlm_worker.environments")

END_GRACE_S: Final = 2.0
SWEEP_ROUNDS: Final = 100


class LocalLauncher:
    """A fork of the template, or ``sys.executable`` where there is none; in a session of its own, in a temporary folder
    that goes with it."""

    repl_style: ReplStyle = "local"
    container: str | None = None

    def __init__(self, options: LocalOptions | LandlockOptions) -> None:
        self._options = options
        self._mark = uuid.uuid4().hex
        self._scratch: str | None = None
        self._fork: Fork | None = None
        self._may_fork = True
        self.block_timeout_s = options.cell_timeout_ms / 1000
        self.start_timeout_s = options.start_timeout_ms / 1000

    def kernel_config(self) -> dict[str, Any]:
        place = {"scratch": self._scratch, "removeScratch": True, "refuseSystemCalls": False}
        return {**place, "limits": self._limits(), "confinement": self._confinement()}

    def launch(self, stop: StopSignal) -> KernelProcess:
        stop.raise_if_stopped()
        self._scratch = scratch = self._make_scratch()
        allowed = kernel_variables()
        own = self._variables()
        try:
            template = kernel_templates().get(allowed) if self._may_fork else None
            if template is not None:
                with suppress(TemplateGone):
                    self._fork = template.fork(scratch, self._mark, own, stop)
                    return KernelProcess(self._fork)
            environment = {**allowed, **own, **bundle.HASH_SEED}
            return KernelProcess(Spawned([sys.executable, *bundle.arguments()], environment, scratch))
        except OSError as error:
            raise not_started(f"{sys.executable}: {error.strerror}") from None

    def recover(self, process: KernelProcess, stop: StopSignal) -> None:
        words = process.stderr_tail().strip()  # of a template that refused it, too
        if self._fork is not None and self._fork.was_lost and not words:
            log.warning("the template of the local REPLs has ended; this REPL starts without one")
            self._fork, self._may_fork = None, False
            return
        raise not_started(f"the local REPL did not start: {words or 'no output'}")

    def end(self, process: KernelProcess) -> None:
        """A supervisor that ends by itself has ended everything below it, and a template what any other left. Where
        there was none, or it is gone, its mark finds the rest."""
        if process.wait(END_GRACE_S) in (0, 1):
            return
        process.kill()
        process.wait(END_GRACE_S)
        supervisor = process.pid
        if supervisor is not None:
            with suppress(OSError):
                os.killpg(supervisor, signal.SIGKILL)
        for _ in range(SWEEP_ROUNDS):
            marked = _marked(f"{MARK}={self._mark}".encode())
            if not marked and (supervisor is None or not is_running(supervisor)):
                return
            for pid in marked:
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.005)

    def close(self) -> None:
        if self._scratch is not None:
            remove_folder(self._scratch)

    def _limits(self) -> dict[str, int]:
        return {
            "addressSpaceBytes": self._options.memory_mb << 20,
            "fileBytes": self._options.file_size_mb << 20,
            "openFiles": self._options.open_files,
        }

    def _variables(self) -> dict[str, str]:
        """Of this kernel alone."""
        assert self._scratch is not None
        return {"HOME": self._scratch, "TMPDIR": self._scratch, MARK: self._mark}

    def _confinement(self) -> dict[str, Any] | None:
        """What the interpreter gives up besides."""
        return None

    def _make_scratch(self) -> str:
        """The kernel removes it at its end; the next launch makes it again."""
        try:
            scratch = os.path.join(tempfile.gettempdir(), f"rlm-bridge-{self._mark}")
            with suppress(FileExistsError):
                os.mkdir(scratch, 0o700)
        except OSError as error:
            message = f"the REPL's temporary folder cannot be made: {error.strerror}; free space, or set TMPDIR"
            raise EnvironmentFailure("environment_start_failed", message) from None
        return scratch


def _marked(mark: bytes) -> list[int]:
    """Processes of ours that carry the mark in their environment; empty where there is no /proc."""
    found: list[int] = []
    with suppress(FileNotFoundError):
        for name in os.listdir("/proc"):
            if name.isdigit():
                with suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:
                    if mark in file.read().split(b"\0"):
                        found.append(int(name))
    return found
