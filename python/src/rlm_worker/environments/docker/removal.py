"""Removing a container for certain, one that is only being made included."""

from __future__ import annotations

import time
from typing import Final

from ...errors import EnvironmentFailure
from .cli import run_client

REMOVAL_GRACE_S: Final = 10.0
LOOK_AGAIN_S: Final = 0.05


def remove_container(runtime: str, name: str) -> bool:
    """Returns when it is gone; False when there was none. Raises EnvironmentFailure when it cannot be removed."""
    until = time.monotonic() + REMOVAL_GRACE_S
    existed = False
    while True:
        removed = run_client(runtime, "rm", "--force", name)
        stderr = removed.stderr.lower()
        if "no such container" in stderr or "no container with" in stderr:
            return existed
        if removed.returncode == 0 and "in progress" not in stderr:
            return True
        existed = True
        if time.monotonic() > until:
            raise _stays(name, removed.stderr)
        time.sleep(LOOK_AGAIN_S)


def shut_out_container(runtime: str, name: str, image: str) -> None:
    """``remove_container`` after the client that asked for the container was killed: the daemon may make it later yet.

    A container of the same name, made here and removed, shows that it did not, or waits until it did. It never runs.
    """
    until = time.monotonic() + REMOVAL_GRACE_S
    while not remove_container(runtime, name):
        made = run_client(runtime, "create", "--pull", "never", "--name", name, image, "true")
        if made.returncode != 0 and "already in use" not in made.stderr:
            return  # without an image, for example, there will be no container
        if time.monotonic() > until:
            raise _stays(name, made.stderr)


def _stays(name: str, stderr: str) -> EnvironmentFailure:
    return EnvironmentFailure("environment_died", f"container {name} could not be removed: {stderr.strip()}")
