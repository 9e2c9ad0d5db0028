"""What some tests need of the machine: a mark for each need, and why this machine does not meet it."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

IMAGE = os.environ.get("RLM_SANDBOX_IMAGE", "rlm-bridge-sandbox:local")
DOCKER = pytest.param("docker", marks=pytest.mark.docker)
KINDS = ["local", DOCKER]
"""The environments of our own, as the parameters of a test or fixture."""

TOLD = "RLM_TEST_DOCKER_TOLD"
"""Names the file in which the suite tells, once it knows, why there is no Docker; an empty one: there is. It is being
installed while tests that do without it run."""

PATIENCE_SECONDS = 900


def unmet_needs() -> dict[str, str]:
    """By mark, the reason; empty where everything is there, or is to come."""
    reasons = {
        "docker": None if is_docker_to_come() else _without_docker(),
        "official_checkout": _without_official_checkout(),
    }
    return {mark: reason for mark, reason in reasons.items() if reason is not None}


def is_docker_to_come() -> bool:
    return TOLD in os.environ and not os.environ.get("RLM_TEST_WITHOUT_DOCKER")


def wait_for_docker() -> str | None:
    """Why there is none."""
    told = Path(os.environ[TOLD])
    until = time.monotonic() + PATIENCE_SECONDS
    while not told.exists():
        if time.monotonic() > until:
            return f"nothing was told of it in {PATIENCE_SECONDS} s"
        time.sleep(0.2)
    return told.read_text("utf-8") or None


def must_be_met(mark: str) -> bool:
    """CI must have Docker: what is missing there fails, unless it was left out on purpose."""
    return mark == "docker" and bool(os.environ.get("CI")) and not os.environ.get("RLM_TEST_WITHOUT_DOCKER")


def _without_docker() -> str | None:
    if os.environ.get("RLM_TEST_WITHOUT_DOCKER"):
        return "left out by RLM_TEST_WITHOUT_DOCKER"
    try:
        answer = subprocess.run(["docker", "info"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if answer.returncode != 0:
        return answer.stderr.strip()[-300:]
    found = subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, check=False)
    return None if found.returncode == 0 else f"image {IMAGE} is missing: run packages/cli/sandbox/build-image {IMAGE}"


def _without_official_checkout() -> str | None:
    if os.environ.get("OFFICIAL_RLM_TESTS"):
        return None
    return "OFFICIAL_RLM_TESTS does not name a checkout of the official library's tag v0.1.3"
