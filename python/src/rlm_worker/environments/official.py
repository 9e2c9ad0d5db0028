"""The official library's other environments, options passed through."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, Final, cast

from rlm.environments import BaseEnv, get_environment

from ..errors import EnvironmentFailure, RunError
from ..snake_case import snake_case

REQUIRED_MODULES: Final = {
    "ipython": ("IPython", "jupyter_client", "ipykernel"),
    "modal": ("modal",),
    "prime": ("prime_sandboxes",),
    "daytona": ("daytona",),
    "e2b": ("e2b_code_interpreter",),
}


def create_official(kind: str, kwargs: Mapping[str, Any], options: Mapping[str, Any]) -> BaseEnv:
    """``options`` in camelCase become keyword arguments. Raises EnvironmentFailure."""
    for module in REQUIRED_MODULES[kind]:
        try:
            importlib.import_module(module)
        except ImportError as error:
            message = f"environment {kind!r} needs the extra `rlm-worker[{kind}]` in the worker's Python ({error})"
            raise EnvironmentFailure("environment_extra_missing", message) from None
    arguments = {**{snake_case(name): value for name, value in options.items()}, **kwargs}
    try:
        return get_environment(cast("Any", kind), arguments)
    except RunError:
        raise
    except Exception as error:
        message = f"environment {kind!r} did not start: {type(error).__name__}: {error}"
        raise EnvironmentFailure("environment_start_failed", message) from error
