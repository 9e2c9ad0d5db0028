"""The kernel in a container: no network, no root, no capabilities, no host path, nothing installed."""

from __future__ import annotations

import logging
import os
import shutil
import uuid
from collections.abc import Iterator
from typing import Any, Final

from ...cancel import StopSignal
from ...errors import EnvironmentFailure
from ...kernel import bundle
from ..launcher import ReplStyle, not_started
from ..options import DockerOptions
from ..process import KernelProcess, Spawned, Started
from .attached import AttachedContainer
from .cli import client_environment, missing_client, read_trouble
from .command import run_command
from .container_request import container_request
from .endpoint import daemon_socket
from .images import pull_image
from .orphans import OrphanSweep
from .removal import shut_out_container
from .sandbox import SCRATCH

log = logging.getLogger("rlm_worker.environments")

END_GRACE_S: Final = 5.0
PYTHONS: Final = ("python3", "python")


class DockerLauncher:
    """The kernel is the container's first process, so its end is the end of all in it.

    Docker's Engine is asked over its socket, where the ``docker`` command would use one; everything else, podman
    included, is ``docker run -i`` with the same flags.
    """

    repl_style: ReplStyle = "docker"

    def __init__(self, options: DockerOptions, run_id: str) -> None:
        self._options = options
        self._run_id = run_id
        self.container: str | None = None
        self._pythons: Iterator[str] = iter(PYTHONS)
        self._python = next(self._pythons)
        self._pulled = False
        self._attached: AttachedContainer | None = None
        self._by_command = options.runtime != "docker"
        self._sweep = OrphanSweep(options.runtime)
        self.block_timeout_s = options.cell_timeout_ms / 1000
        self.start_timeout_s = options.start_timeout_ms / 1000

    def kernel_config(self) -> dict[str, Any]:
        place = {"scratch": SCRATCH, "removeScratch": False, "refuseSystemCalls": True}
        return {**place, "limits": {}, "confinement": None}

    def launch(self, stop: StopSignal) -> KernelProcess:
        stop.raise_if_stopped()
        self.container = name = f"rlm-bridge-{uuid.uuid4().hex[:16]}"
        try:
            process = KernelProcess(self._started(name))
        except FileNotFoundError:
            raise missing_client(self._options.runtime) from None
        except OSError as error:
            raise not_started(f"{self._options.runtime} cannot be started: {error.strerror}") from None
        self._sweep.start()
        return process

    def _started(self, name: str) -> Started:
        """Raises OSError and EnvironmentFailure."""
        self._attached = None
        path = None if self._by_command else daemon_socket(os.environ)
        if path is None:
            argv = [*run_command(self._options, name, self._run_id, self._python), *bundle.arguments()]
            return Spawned(argv, client_environment(), None)
        if shutil.which(self._options.runtime) is None:
            raise FileNotFoundError  # it pulls images, and removes what a killed worker leaves
        request = container_request(self._options, name, self._run_id, self._python)
        self._attached = AttachedContainer(path, name, request)
        return self._attached

    def recover(self, process: KernelProcess, stop: StopSignal) -> None:
        if self._attached is not None and self._attached.unreachable is not None:
            log.info("%s; the docker command is to start the container", self._attached.unreachable)
            self._by_command = True
            return
        stderr = process.stderr_tail().strip()
        trouble = read_trouble(stderr)
        if trouble == "no_image" and not self._pulled:
            self._pulled = True
            pull_image(self._options, stop)
        elif trouble == "no_python":
            self._python = next(self._pythons, "")
            if not self._python:
                message = (
                    f"image {self._options.image!r} has neither python3 nor python on its PATH; choose another image"
                )
                raise EnvironmentFailure("environment_start_failed", message)
        elif trouble == "not_running":
            said = f"{self._options.runtime} does not answer ({stderr[-300:]})"
            message = f"{said}. Start it, or use environment 'landlock' on Linux"
            raise EnvironmentFailure("container_runtime_not_running", message)
        else:
            shown = stderr if len(stderr) <= 1000 else f"{stderr[:400]} [...] {stderr[-600:]}"
            raise not_started(f"the container did not start: {shown or 'the runtime said nothing'}", stderr)

    def end(self, process: KernelProcess) -> None:
        """A container that ends is removed; that of a client that was killed, or of one that hangs, may be not."""
        status = process.wait(END_GRACE_S)
        if status is None or status < 0:
            process.kill()
            process.wait(END_GRACE_S)
            if self.container is not None:
                shut_out_container(self._options.runtime, self.container, self._options.image)

    def close(self) -> None:
        self._sweep.join()
