"""The sandbox as flags of ``docker run`` and ``podman run``; ``container_request.py`` has the same for the Engine."""

from __future__ import annotations

import resource
from typing import Final

from ..options import DockerOptions
from .sandbox import SCRATCH, SHARED_MEMORY_MB, USER, VARIABLES, labels, scratch_options

MOST_PROCESSES: Final = 32_768


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
    for label, value in labels(run_id).items():
        command += ["--label", f"{label}={value}"]
    command += ["--network", "none", "--ipc", "private", "--hostname", name]
    command += ["--read-only", "--tmpfs", f"{SCRATCH}:{scratch_options(options)}"]
    command += ["--shm-size", f"{SHARED_MEMORY_MB}m", "--workdir", SCRATCH]
    command += ["--user", USER, "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    command += ["--memory", f"{options.memory_mb}m", "--memory-swap", f"{options.memory_mb}m"]
    command += ["--cpus", str(options.cpus), "--pids-limit", str(options.pids_limit)]
    command += ["--ulimit", f"nofile={options.open_files}:{options.open_files}", "--ulimit", "core=0:0"]
    for variable, value in VARIABLES.items():
        command += ["--env", f"{variable}={value}"]
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
