"""The sandbox as the Engine is asked for it; ``command.py`` has it as flags, and a test compares the containers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from ...kernel import bundle
from ..launcher import not_started
from ..options import DockerOptions
from .sandbox import SCRATCH, SHARED_MEMORY_MB, USER, VARIABLES, labels, scratch_options

PROFILE_NAMES: Final = ("unconfined", "builtin")
"""What the ``docker`` command does not take for the path of a profile."""


def container_request(options: DockerOptions, name: str, run_id: str, python: str) -> dict[str, Any]:
    """The body of ``POST /containers/create``. Raises EnvironmentFailure when the seccomp profile cannot be read."""
    host: dict[str, Any] = {
        "AutoRemove": True,
        "LogConfig": {"Type": "none", "Config": {}},
        "NetworkMode": "none",
        "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
        "CapDrop": ["ALL"],
        "IpcMode": "private",
        "ReadonlyRootfs": True,
        "SecurityOpt": ["no-new-privileges", *_seccomp(options.seccomp_profile)],
        "Tmpfs": {SCRATCH: scratch_options(options)},
        "ShmSize": SHARED_MEMORY_MB << 20,
        "Memory": options.memory_mb << 20,
        "MemorySwap": options.memory_mb << 20,
        "MemorySwappiness": -1,
        "NanoCpus": round(options.cpus * 1e9),
        "PidsLimit": options.pids_limit,
        "Ulimits": [_ulimit("core", 0), _ulimit("nofile", options.open_files)],
    }
    if options.oci_runtime is not None:
        host["Runtime"] = options.oci_runtime
    return {
        "Hostname": name,
        "User": USER,
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "OpenStdin": True,
        "StdinOnce": True,  # its input ends with the connection that it was attached by
        "Env": [f"{variable}={value}" for variable, value in VARIABLES.items()],
        "Entrypoint": [python],
        "Cmd": bundle.arguments(),
        "Image": options.image,
        "WorkingDir": SCRATCH,
        "Labels": labels(run_id),
        "HostConfig": host,
    }


def _ulimit(name: str, limit: int) -> dict[str, Any]:
    return {"Name": name, "Soft": limit, "Hard": limit}


def _seccomp(profile: str | None) -> list[str]:
    """The Engine is sent the profile itself."""
    if profile is None:
        return []
    if profile in PROFILE_NAMES:
        return [f"seccomp={profile}"]
    try:
        text = json.dumps(json.loads(Path(profile).read_bytes()), separators=(",", ":"))
    except OSError as error:
        raise not_started(
            f"the container did not start: the seccomp profile {profile} cannot be read: {error.strerror}"
        ) from None
    except ValueError as error:
        raise not_started(f"the container did not start: the seccomp profile {profile} is not JSON: {error}") from None
    return [f"seccomp={text}"]
