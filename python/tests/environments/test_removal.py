"""A container that is only being made when its client is killed does not come to be."""

from __future__ import annotations

import stat
import subprocess
import uuid
from pathlib import Path

import pytest
from needs import IMAGE
from repl_harness import containers

from rlm_worker.environments.docker.removal import remove_container, shut_out_container

# The daemon is busy making the container at first: the name is taken, and there is nothing to remove yet.
LATE = """#!/bin/sh
[ -e late ] && exec "$DOCKER" "$@"
case $1 in
rm) echo "Error: No such container: x" >&2; exit 1;;
create)
    "$DOCKER" "$@" > late && shift && exec "$DOCKER" create "$@";;
esac
"""


@pytest.mark.docker
def test_one_that_the_daemon_makes_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docker = subprocess.run(["which", "docker"], capture_output=True, text=True, check=True).stdout.strip()
    program = tmp_path / "late-docker"
    program.write_text(LATE.replace("$DOCKER", docker))
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.chdir(tmp_path)
    name = f"rlm-bridge-test-{uuid.uuid4().hex[:8]}"
    shut_out_container(str(program), name, IMAGE)
    assert (tmp_path / "late").exists()
    assert containers(f"name={name}") == []


@pytest.mark.docker
def test_one_that_was_never_asked_for() -> None:
    name = f"rlm-bridge-test-{uuid.uuid4().hex[:8]}"
    assert remove_container("docker", name) is False
    shut_out_container("docker", name, IMAGE)
    shut_out_container("docker", name, "rlm-bridge-no-such:image")
    assert containers(f"name={name}") == []
