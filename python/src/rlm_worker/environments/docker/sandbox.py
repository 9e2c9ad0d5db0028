"""What both ways of asking for a container have in common."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from typing import Final

from ...kernel import bundle
from ..options import DockerOptions
from .owner import owner_tag

RUN_LABEL: Final = "rlm-bridge.run"
OWNER_LABEL: Final = "rlm-bridge.owner"
WORKER_LABEL: Final = "rlm-bridge.worker"
"""With the name of the worker's folder, by which its host tells what is of a worker that is gone."""
USER: Final = "65532:65532"
SCRATCH: Final = "/tmp"
SHARED_MEMORY_MB: Final = 64

VARIABLES: Final[Mapping[str, str]] = {
    "HOME": SCRATCH,
    "USER": "sandbox",
    "LANG": "C.UTF-8",
    **dict.fromkeys(bundle.PYTHON_VARIABLES, ""),
    **bundle.HASH_SEED,
}


def labels(run_id: str) -> dict[str, str]:
    return {RUN_LABEL: run_id, OWNER_LABEL: owner_tag(), WORKER_LABEL: os.path.basename(tempfile.gettempdir())}


def scratch_options(options: DockerOptions) -> str:
    """Of the file system in memory at SCRATCH."""
    return f"rw,noexec,nosuid,nodev,size={options.tmpfs_mb}m,mode=1777"
