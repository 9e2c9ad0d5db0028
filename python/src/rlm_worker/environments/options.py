"""``environmentOptions`` of the kernel environments: every default and range, in one place."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from ..errors import EnvironmentFailure

DEFAULT_IMAGE = "python:3.12-slim"


class KernelOptions(BaseModel):
    """What both kernel environments take."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, alias_generator=to_camel, populate_by_name=False
    )

    cell_timeout_ms: int = Field(600_000, ge=100, le=86_400_000)
    """Time one code block may use, waiting for sub-calls not counted."""
    start_timeout_ms: int = Field(60_000, ge=1_000, le=600_000)
    prewarm: bool = False
    """Start the kernel of the worker's next run when this one has ended."""


Options = TypeVar("Options", bound=KernelOptions)


class LocalOptions(KernelOptions):
    memory_mb: int = Field(4_096, ge=256, le=1_048_576)
    """Address space of the interpreter (RLIMIT_AS)."""
    file_size_mb: int = Field(1_024, ge=1, le=1_048_576)
    open_files: int = Field(1_024, ge=256, le=65_536)


class DockerOptions(KernelOptions):
    image: str = Field(DEFAULT_IMAGE, min_length=1, pattern=r"^[^\s-]\S*$")
    """Any image with Python 3.9 or newer as ``python3`` or ``python``."""
    runtime: Literal["docker", "podman"] = "docker"
    memory_mb: int = Field(2_048, ge=128, le=1_048_576)
    cpus: float = Field(1.0, gt=0, le=1_024)
    pids_limit: int = Field(128, ge=16, le=32_768)
    tmpfs_mb: int = Field(256, ge=1, le=1_048_576)
    """Size of /tmp, the only writable folder; it counts as memory."""
    open_files: int = Field(1_024, ge=256, le=65_536)
    seccomp_profile: str | None = None
    """Path of a profile on the host; None is the runtime's own default profile."""
    oci_runtime: str | None = Field(None, pattern=r"^[A-Za-z0-9][\w.-]*$")
    """For example ``runsc``, for gVisor."""
    pull_timeout_ms: int = Field(600_000, ge=1_000, le=3_600_000)


def parse_options(model: type[Options], options: Mapping[str, Any]) -> Options:
    """Raises EnvironmentFailure naming the option, what is wrong with it, and the nearest known name."""
    try:
        return model.model_validate(dict(options))
    except ValidationError as error:
        problems = "; ".join(_problem(model, dict(item)) for item in error.errors())
        raise EnvironmentFailure("environment_start_failed", f"environmentOptions: {problems}") from None


def _problem(model: type[KernelOptions], error: dict[str, Any]) -> str:
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] != "extra_forbidden":
        return f"{name}: {error['msg']}"
    known = [str(field.alias) for field in model.model_fields.values()]
    near = difflib.get_close_matches(name, known, 1)
    return f"unknown option {name!r}, " + (f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}")
