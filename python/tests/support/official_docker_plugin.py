"""Runs the official Docker tests against our environment.

``pytest -p official_docker_plugin <checkout>/tests/test_docker_repl_*.py``.

The tests import ``DockerREPL`` inside functions, so that replacing the name in its module is enough.
"""

from __future__ import annotations

import os
import uuid
from typing import Any

import pytest
from rlm.environments import docker_repl

from rlm_worker.cancel import StopSignal
from rlm_worker.environments.docker.cli import run_client
from rlm_worker.environments.docker.launcher import DockerLauncher
from rlm_worker.environments.host import EnvironmentHost
from rlm_worker.environments.kernel_repl import KernelREPL
from rlm_worker.environments.options import DockerOptions, parse_options

EXEMPT = {
    "test_update_handler_address": "reads proxy_server, the official class's HTTP proxy; ours has none",
    "test_two_repls_isolated_state_and_tracking": "compares proxy_port; ours opens no port",
    "test_context_manager_cleans_up": "reads temp_dir, the shared folder on the host; ours mounts none",
    "test_unpicklable_dropped_picklable_survives": "wants a generator to be lost between code blocks; ours keeps it",
}


class Observer:
    def environment_started(self, container: str | None, duration_ms: float) -> None: ...
    def context_loaded(self, context_type: str, chars: int, bytes_: int, sha256: str, duration_ms: float) -> None: ...
    def output(self, stream: str, text: str) -> None: ...


class DockerREPL(KernelREPL):
    """The official constructor; sub-calls go over the official socket protocol."""

    def __init__(self, image: str | None = None, **kwargs: Any) -> None:
        image = image or os.environ.get("RLM_SANDBOX_IMAGE", "rlm-bridge-sandbox:local")
        options = parse_options(DockerOptions, {"image": image})
        run_id = uuid.uuid4().hex
        host = EnvironmentHost(
            run_id=run_id,
            lasting=False,
            stop=StopSignal(),
            options={},
            observer=Observer(),
            router=lambda address: None,
            call_tool=lambda name, arguments, unwanted: {"error": "no tools"},
            max_output_chars=20_000,
            seed=lambda: "seed",
        )
        self._docker = DockerLauncher(options, run_id)
        super().__init__(launcher=self._docker, host=host, **kwargs)

    @property
    def container_id(self) -> str:
        return run_client("docker", "inspect", "--format", "{{.Id}}", str(self._docker.container)).stdout.strip()


def pytest_configure() -> None:
    docker_repl.DockerREPL = DockerREPL


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    exempt = [item for item in items if item.name in EXEMPT]
    config.hook.pytest_deselected(items=exempt)
    items[:] = [item for item in items if item.name not in EXEMPT]
