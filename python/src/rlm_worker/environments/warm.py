"""One kernel started ahead: launched and given its program when a run has ended, for the next run of this worker that
wants the same. It has run nothing, and a kernel that a run used is never kept: runs share none."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from ..cancel import StopSignal
from ..errors import EnvironmentFailure
from .docker.launcher import DockerLauncher
from .launcher import Launcher, ReplStyle, configuration
from .local import LocalLauncher
from .options import DockerOptions, KernelOptions, LocalOptions
from .process import KernelProcess, ProcessGone


@dataclass(frozen=True)
class Recipe:
    """Kernels of equal recipes are interchangeable; the kind of the options is the kind of the kernel."""

    options: KernelOptions
    capture_chars: int

    def launcher(self, run_id: str) -> Launcher:
        if isinstance(self.options, DockerOptions):
            return DockerLauncher(self.options, run_id)
        assert isinstance(self.options, LocalOptions)
        return LocalLauncher(self.options)


class WarmLauncher:
    """A launcher whose first launch has happened already."""

    def __init__(self, launcher: Launcher, process: KernelProcess) -> None:
        self._launcher = launcher
        self._process = process
        self._taken = False
        self.block_timeout_s = launcher.block_timeout_s
        self.start_timeout_s = launcher.start_timeout_s

    @property
    def process(self) -> KernelProcess:
        """The one that waits, or waited."""
        return self._process

    @property
    def repl_style(self) -> ReplStyle:
        return self._launcher.repl_style

    @property
    def container(self) -> str | None:
        return self._launcher.container

    def kernel_config(self) -> dict[str, Any]:
        return self._launcher.kernel_config()

    def launch(self, stop: StopSignal) -> KernelProcess:
        if self._taken:
            return self._launcher.launch(stop)
        stop.raise_if_stopped()
        self._taken = True
        return self._process

    def recover(self, process: KernelProcess, stop: StopSignal) -> None:
        """That a kernel died while it waited says nothing of the next one."""
        if process is not self._process:
            self._launcher.recover(process, stop)

    def end(self, process: KernelProcess) -> None:
        self._launcher.end(process)

    def close(self) -> None:
        if not self._taken:
            self._taken = True
            self._process.hang_up()
            self._launcher.end(self._process)
            self._process.release()
        self._launcher.close()


class WarmKernels:
    """Keeps at most one, and only for the run that comes next. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: tuple[Recipe, str] | None = None
        self._kept: tuple[Recipe, WarmLauncher] | None = None
        self._closed = False

    @property
    def kept(self) -> KernelProcess | None:
        """The process that waits for the next run."""
        with self._lock:
            return None if self._kept is None else self._kept[1].process

    def launcher(self, recipe: Recipe, run_id: str) -> Launcher:
        """The kept kernel's when it is of this recipe, else a new one's; a kept kernel of another recipe is ended."""
        with self._lock:
            self._wanted = (recipe, run_id) if recipe.options.prewarm else None
            kept = self._kept
            if kept is not None and kept[0] == recipe:
                self._kept = None
                return kept[1]
        self.discard()
        return recipe.launcher(run_id)

    def refill(self) -> None:
        """The run has ended: start the next one's kernel, when it asked for that. Returns once that has its program.

        One that cannot be started is left to the next run, which starts its own and says why.
        """
        with self._lock:
            wanted, self._wanted = self._wanted, None
            if wanted is None or self._kept is not None or self._closed:
                return
            recipe, run_id = wanted
            launcher = recipe.launcher(run_id)
            try:
                process = launcher.launch(StopSignal())
            except EnvironmentFailure:
                launcher.close()
                return
            self._kept = (recipe, WarmLauncher(launcher, process))
        try:
            process.load(configuration(launcher, recipe.capture_chars), time.monotonic() + launcher.start_timeout_s)
        except ProcessGone:
            process.hang_up()

    def discard(self) -> None:
        """Nothing of a kept kernel is left when this returns."""
        with self._lock:
            kept, self._kept = self._kept, None
        if kept is not None:
            kept[1].close()

    def close(self) -> None:
        """``discard``, for good."""
        with self._lock:
            self._closed = True
        self.discard()


_of_this_process = WarmKernels()


def warm_kernels() -> WarmKernels:
    """This process's."""
    return _of_this_process
