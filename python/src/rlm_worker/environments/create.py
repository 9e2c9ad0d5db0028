"""An environment by the name that the run's options give it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rlm.environments.base_env import BaseEnv

from ..errors import EnvironmentFailure
from .host import EnvironmentHost
from .kernel_repl import KernelREPL
from .official import REQUIRED_MODULES, create_official
from .options import DockerOptions, KernelOptions, LandlockOptions, LocalOptions, parse_options
from .warm import Recipe, warm_kernels

OWN_OPTIONS: Mapping[str, type[KernelOptions]] = {
    "docker": DockerOptions,
    "landlock": LandlockOptions,
    "local": LocalOptions,
}


def create_environment(kind: str, kwargs: dict[str, Any], host: EnvironmentHost) -> BaseEnv:
    """``kwargs`` are those of the official environments. Raises EnvironmentFailure, ContextFailure and RunStopped."""
    if kind in OWN_OPTIONS:
        recipe = Recipe(parse_options(OWN_OPTIONS[kind], host.options), host.capture_chars)
        return KernelREPL(**kwargs, launcher=warm_kernels().launcher(recipe, host.run_id), host=host)
    warm_kernels().discard()
    if kind not in REQUIRED_MODULES:
        raise EnvironmentFailure("environment_start_failed", f"unknown environment {kind!r}")
    return create_official(kind, kwargs, host.options)
