"""The kernel as a plain subprocess: no keys in its environment, bounded, killable. Not a security boundary."""

from __future__ import annotations

import os
import shutil
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
from .launcher import ReplStyle, not_started
from .options import LocalOptions
from .process import KernelProcess

ALLOWED_VARIABLES: Final = ("LANG", "LC_ALL", "LC_CTYPE", "PATH", "TZ")
MARK: Final = "RLM_BRIDGE_KERNEL"
END_GRACE_S: Final = 2.0
SWEEP_ROUNDS: Final = 100


class LocalLauncher:
    """``sys.executable`` in a session of its own, in a temporary folder that goes with it."""

    repl_style: ReplStyle = "local"
    container: str | None = None

    def __init__(self, options: LocalOptions) -> None:
        self._options = options
        self._mark = uuid.uuid4().hex
        self._scratch: str | None = None
        self.block_timeout_s = options.cell_timeout_ms / 1000
        self.start_timeout_s = options.start_timeout_ms / 1000

    def kernel_config(self) -> dict[str, Any]:
        limits = {
            "addressSpaceBytes": self._options.memory_mb << 20,
            "fileBytes": self._options.file_size_mb << 20,
            "openFiles": self._options.open_files,
        }
        return {"scratch": self._scratch, "removeScratch": True, "refuseSystemCalls": False, "limits": limits}

    def launch(self, stop: StopSignal) -> KernelProcess:
        stop.raise_if_stopped()
        self._scratch = scratch = self._make_scratch()
        environment = {name: os.environ[name] for name in ALLOWED_VARIABLES if name in os.environ}
        environment |= {"HOME": scratch, "TMPDIR": scratch, MARK: self._mark, **bundle.HASH_SEED}
        try:
            return KernelProcess([sys.executable, *bundle.arguments()], environment, scratch)
        except OSError as error:
            raise not_started(f"{sys.executable}: {error.strerror}") from None

    def recover(self, process: KernelProcess, stop: StopSignal) -> None:
        raise not_started(f"the local REPL did not start: {process.stderr_tail().strip() or 'no output'}")

    def end(self, process: KernelProcess) -> None:
        """A supervisor that ends by itself has ended everything below it; after any other, its mark finds the rest."""
        if process.wait(END_GRACE_S) in (0, 1):
            return
        process.kill()
        process.wait(END_GRACE_S)
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        for _ in range(SWEEP_ROUNDS):
            if not (marked := _marked(f"{MARK}={self._mark}".encode())):
                return
            for pid in marked:
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.005)

    def close(self) -> None:
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)

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
