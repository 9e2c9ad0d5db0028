"""``environmentOptions`` of the kernel environments, as the protocol has them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from .._generated.messages import DockerOptions, LandlockOptions, LocalOptions
from ..errors import EnvironmentFailure

KernelOptions = DockerOptions | LandlockOptions | LocalOptions

Options = TypeVar("Options", bound=KernelOptions)


def parse_options(model: type[Options], options: Mapping[str, Any]) -> Options:
    """Raises EnvironmentFailure naming the option, what is wrong with it, and the nearest known name."""
    try:
        return model.model_validate(dict(options), by_alias=True, by_name=False)
    except ValidationError as error:
        problems = "; ".join(_problem(model, dict(item)) for item in error.errors())
        raise EnvironmentFailure("environment_start_failed", f"environmentOptions: {problems}") from None


def _problem(model: type[KernelOptions], error: dict[str, Any]) -> str:
    given = ".".join(str(part) for part in error["loc"])
    if error["type"] != "extra_forbidden":
        return f"{given}: {error['msg']}"
    known = [field.alias or name for name, field in model.model_fields.items()]
    near = difflib.get_close_matches(given, known, 1)
    return f"unknown option {given!r}, " + (f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}")
