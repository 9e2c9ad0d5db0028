"""Kernels started ahead: launched and loaded when a run has ended, for the next runs of this worker that want the same.
They have run nothing, and a kernel that a run used is never kept: runs share none."""

from __future__ import annotations

import threading
import time
from typing import Any, NamedTuple

from ..cancel import StopSignal
from ..errors import EnvironmentFailure
from .docker.launcher import DockerLauncher
from .landlock.launcher import LandlockLauncher
from .launcher import Launcher, ReplStyle, configuration
from .local import LocalLauncher
from .options import DockerOptions, KernelOptions, LandlockOptions
from .process import KernelProcess, ProcessGone


class Recipe(NamedTuple):
    """Kernels of equal recipes are interchangeable; the kind of the options is the kind of the kernel."""

    options: KernelOptions
    capture_chars: int

    def launcher(self, run_id: str) -> Launcher:
        if isinstance(self.options, DockerOptions):
            return DockerLauncher(self.options, run_id)
        if isinstance(self.options, LandlockOptions):
            return LandlockLauncher(self.options)
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

    def load(self, capture_chars: int) -> None:
        """What it is loaded with is the same for every run of its recipe."""
        config = configuration(self._launcher, capture_chars)
        try:
            self._process.load(config, time.monotonic() + self.start_timeout_s)
        except ProcessGone:
            self._process.hang_up()

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
    """Keeps at most as many as runs wanted at once lately: since all were over, or until they were the last time.
    Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: dict[str, Recipe] = {}
        self._most = self._most_before = 0
        self._kept: list[tuple[Recipe, WarmLauncher]] = []
        self._closed = False

    @property
    def kept(self) -> list[KernelProcess]:
        """The processes that wait for the next runs."""
        with self._lock:
            return [launcher.process for _, launcher in self._kept]

    def launcher(self, recipe: Recipe, run_id: str) -> Launcher:
        """A kept kernel's when there is one of this recipe, else a new one's; kept kernels of another are ended."""
        with self._lock:
            if recipe.options.prewarm:
                self._wanted[run_id] = recipe
                self._most = max(self._most, len(self._wanted))
            taken = next((kept for kept in self._kept if kept[0] == recipe), None)
            if taken is not None:
                self._kept.remove(taken)
                return taken[1]
        self.discard()
        return recipe.launcher(run_id)

    def refill(self, run_id: str) -> None:
        """The run has ended: start a kernel in place of its own, when it asked for that. Returns once that is loaded.

        One that cannot be started is left to the next run, which starts its own and says why.
        """
        with self._lock:
            recipe = self._wanted.pop(run_id, None)
            if recipe is None or self._closed:
                return
            most = max(self._most, self._most_before)
            if not self._wanted:
                self._most_before, self._most = self._most, 0
            surplus, self._kept = self._kept[most:], self._kept[:most]
            warm = self._launched(recipe, run_id) if len(self._kept) < most else None
            if warm is not None:
                self._kept.append((recipe, warm))
        for _, launcher in surplus:
            launcher.close()
        if warm is not None:
            warm.load(recipe.capture_chars)

    def discard(self) -> None:
        """Nothing of a kept kernel is left when this returns."""
        with self._lock:
            kept, self._kept = self._kept, []
        for _, launcher in kept:
            launcher.close()

    def forget(self, run_id: str) -> None:
        """The run has ended in a way that asks for no other."""
        with self._lock:
            self._wanted.pop(run_id, None)

    def close(self) -> None:
        """``discard``, for good."""
        with self._lock:
            self._closed = True
        self.discard()

    def _launched(self, recipe: Recipe, run_id: str) -> WarmLauncher | None:
        launcher = recipe.launcher(run_id)
        try:
            return WarmLauncher(launcher, launcher.launch(StopSignal()))
        except EnvironmentFailure:
            launcher.close()
            return None


_of_this_process = WarmKernels()


def warm_kernels() -> WarmKernels:
    """This process's."""
    return _of_this_process
