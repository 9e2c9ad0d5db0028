"""The kernel as processes of this machine, whose interpreter gives up all but what a REPL needs before it runs any
model code."""

from __future__ import annotations

from typing import Any

from ...cancel import StopSignal
from ...kernel import bundle
from ..local import LocalLauncher
from ..options import LandlockOptions
from ..process import KernelProcess
from ..template_process import kernel_variables
from .availability import require_landlock


class LandlockLauncher(LocalLauncher):
    """Started, stopped and cleaned up as a local kernel is; only the interpreter differs."""

    def __init__(self, options: LandlockOptions) -> None:
        super().__init__(options)
        self._bounds = options

    def launch(self, stop: StopSignal) -> KernelProcess:
        """Raises EnvironmentFailure with the code ``landlock_unavailable`` besides."""
        require_landlock()
        return super().launch(stop)

    def _limits(self) -> dict[str, int]:
        return {**super()._limits(), "cpuSeconds": self._bounds.cpu_seconds}

    def _confinement(self) -> dict[str, Any]:
        languages = {name: value for name, value in kernel_variables().items() if name != "PATH"}
        variables = {**languages, **self._variables(), **bundle.HASH_SEED}
        return {"environment": variables, "processes": self._bounds.pids_limit, "processors": self._bounds.cpus}
