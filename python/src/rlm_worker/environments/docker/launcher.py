"""The kernel in a container: no network, no root, no capabilities, no host path, nothing installed."""

from __future__ import annotations

import resource
import uuid
from collections.abc import Iterator
from typing import Any, Final

from ...cancel import StopSignal
from ...errors import EnvironmentFailure
from ...kernel import bundle
from ..launcher import ReplStyle, not_started
from ..options import DockerOptions
from ..process import KernelProcess, Spawned
from .cli import client_environment, missing_client, read_trouble
from .images import pull_image
from .orphans import OWNER_LABEL, OrphanSweep
from .owner import owner_tag
from .removal import shut_out_container

RUN_LABEL: Final = "rlm-bridge.run"
USER: Final = "65532:65532"
SCRATCH: Final = "/tmp"
END_GRACE_S: Final = 5.0
PYTHONS: Final = ("python3", "python")
MOST_PROCESSES: Final = 32_768


class DockerLauncher:
    """``docker run -i``; the kernel is the container's first process, so its end is the end of all in it."""

    repl_style: ReplStyle = "docker"

    def __init__(self, options: DockerOptions, run_id: str) -> None:
        self._options = options
        self._run_id = run_id
        self.container: str | None = None
        self._pythons: Iterator[str] = iter(PYTHONS)
        self._python = next(self._pythons)
        self._pulled = False
        self._sweep = OrphanSweep(options.runtime)
        self.block_timeout_s = options.cell_timeout_ms / 1000
        self.start_timeout_s = options.start_timeout_ms / 1000

    def kernel_config(self) -> dict[str, Any]:
        place = {"scratch": SCRATCH, "removeScratch": False, "refuseSystemCalls": True}
        return {**place, "limits": {}, "confinement": None}

    def launch(self, stop: StopSignal) -> KernelProcess:
        stop.raise_if_stopped()
        self.container = name = f"rlm-bridge-{uuid.uuid4().hex[:16]}"
        argv = [*run_command(self._options, name, self._run_id, self._python), *bundle.arguments()]
        try:
            process = KernelProcess(Spawned(argv, client_environment(), None))
        except FileNotFoundError:
            raise missing_client(self._options.runtime) from None
        except OSError as error:
            raise not_started(f"{self._options.runtime} cannot be started: {error.strerror}") from None
        self._sweep.start()
        return process

    def recover(self, process: KernelProcess, stop: StopSignal) -> None:
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
            message = f"{self._options.runtime} does not answer ({stderr[-300:]}). Start it, or use environment 'local'"
            raise EnvironmentFailure("container_runtime_not_running", message)
        else:
            shown = stderr if len(stderr) <= 1000 else f"{stderr[:400]} [...] {stderr[-600:]}"
            raise not_started(f"the container did not start: {shown or 'the runtime said nothing'}", stderr)

    def end(self, process: KernelProcess) -> None:
        """The client waits for the removal of its container; a client that was killed, or that hangs, did not."""
        status = process.wait(END_GRACE_S)
        if status is None or status < 0:
            process.kill()
            process.wait(END_GRACE_S)
            if self.container is not None:
                shut_out_container(self._options.runtime, self.container, self._options.image)

    def close(self) -> None:
        self._sweep.join()


def run_command(options: DockerOptions, name: str, run_id: str, python: str) -> list[str]:
    """Every flag of the sandbox. There is no ``--init``: it would hold the kernel's pipes open to model code of the
    same user."""
    command = [
        options.runtime,
        "run",
        "--interactive",
        "--rm",
        "--pull",
        "never",
        "--log-driver",
        "none",
        "--name",
        name,
    ]
    command += ["--label", f"{RUN_LABEL}={run_id}", "--label", f"{OWNER_LABEL}={owner_tag()}"]
    command += ["--network", "none", "--ipc", "private", "--hostname", name]
    command += ["--read-only", "--tmpfs", f"{SCRATCH}:rw,noexec,nosuid,nodev,size={options.tmpfs_mb}m,mode=1777"]
    command += ["--shm-size", "64m", "--workdir", SCRATCH]
    command += ["--user", USER, "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    command += ["--memory", f"{options.memory_mb}m", "--memory-swap", f"{options.memory_mb}m"]
    command += ["--cpus", str(options.cpus), "--pids-limit", str(options.pids_limit)]
    command += ["--ulimit", f"nofile={options.open_files}:{options.open_files}", "--ulimit", "core=0:0"]
    command += ["--env", f"HOME={SCRATCH}", "--env", "USER=sandbox", "--env", "LANG=C.UTF-8"]
    for name, value in {**dict.fromkeys(bundle.PYTHON_VARIABLES, ""), **bundle.HASH_SEED}.items():
        command += ["--env", f"{name}={value}"]
    if options.seccomp_profile is not None:
        command += ["--security-opt", f"seccomp={options.seccomp_profile}"]
    if options.oci_runtime is not None:
        command += ["--runtime", options.oci_runtime]
    if options.runtime == "podman":
        command += podman_flags()
    return [*command, "--entrypoint", python, options.image]


def podman_flags() -> list[str]:
    """What podman does by default and docker does not: folders in memory without a bound, the host's proxies (and the
    passwords in them) in the container, and a limit on processes that not every root may set."""
    most = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    processes = MOST_PROCESSES if most == resource.RLIM_INFINITY else min(most, MOST_PROCESSES)
    return ["--read-only-tmpfs=false", "--http-proxy=false", "--ulimit", f"nproc={processes}:{processes}"]
