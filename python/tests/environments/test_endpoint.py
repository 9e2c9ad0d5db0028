"""Where the daemon is, by the variables and settings that the ``docker`` command reads."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rlm_worker.environments.docker.endpoint import daemon_socket

DEFAULT = "/var/run/docker.sock"
ROWS: dict[str, tuple[dict[str, str], dict[str, Any], str | None]] = {
    "nothing is said": ({}, {}, DEFAULT),
    "an empty variable": ({"DOCKER_HOST": "", "DOCKER_CONTEXT": "", "DOCKER_TLS_VERIFY": ""}, {}, DEFAULT),
    "a socket": ({"DOCKER_HOST": "unix:///run/user/7/docker.sock"}, {}, "/run/user/7/docker.sock"),
    "a socket before a context": ({"DOCKER_HOST": "unix:///a", "DOCKER_CONTEXT": "there"}, {}, "/a"),
    "a context": ({"DOCKER_CONTEXT": "here"}, {"currentContext": "there"}, "/here/docker.sock"),
    "the current context": ({}, {"currentContext": "here"}, "/here/docker.sock"),
    "the default context": ({"DOCKER_CONTEXT": "default"}, {"currentContext": "there"}, DEFAULT),
    "a context elsewhere": ({"DOCKER_CONTEXT": "there"}, {}, None),
    "a context that is not there": ({"DOCKER_CONTEXT": "nowhere"}, {}, None),
    "a context that says nothing": ({"DOCKER_CONTEXT": "mute"}, {}, None),
    "over TCP": ({"DOCKER_HOST": "tcp://127.0.0.1:2375"}, {}, None),
    "over SSH": ({"DOCKER_HOST": "ssh://me@there"}, {}, None),
    "a relative path": ({"DOCKER_HOST": "unix://docker.sock"}, {}, None),
    "TLS": ({"DOCKER_TLS_VERIFY": "1"}, {}, None),
    "headers": ({}, {"HttpHeaders": {"X-Tenant": "a"}}, None),
    "other settings": ({}, {"HttpHeaders": {}, "credsStore": "pass", "proxies": {}}, DEFAULT),
}
CONTEXTS: dict[str, Any] = {
    "here": {"Endpoints": {"docker": {"Host": "unix:///here/docker.sock"}}},
    "there": {"Endpoints": {"docker": {"Host": "ssh://me@there"}}},
    "mute": {"Endpoints": []},
}


def settings(folder: Path, config: Any) -> Path:
    for name, said in CONTEXTS.items():
        described = folder / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest()
        described.mkdir(parents=True)
        (described / "meta.json").write_text(json.dumps({"Name": name, "Metadata": {}, **said}))
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.parametrize(("variables", "config", "found"), ROWS.values(), ids=ROWS.keys())
def test_the_socket(variables: dict[str, str], config: dict[str, Any], found: str | None, tmp_path: Path) -> None:
    assert daemon_socket({"DOCKER_CONFIG": str(settings(tmp_path, config)), **variables}) == found
    home = tmp_path / "home"
    settings(home / ".docker", config)
    assert daemon_socket({"HOME": str(home), **variables}) == found


@pytest.mark.parametrize("content", ["{", "[]"])
def test_settings_that_cannot_be_read_are_left_to_the_command(content: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(content)
    assert daemon_socket({"DOCKER_CONFIG": str(tmp_path)}) is None


@pytest.mark.docker
def test_the_command_finds_the_same_contexts(tmp_path: Path) -> None:
    """Made by the command itself."""
    made = {**os.environ, "DOCKER_CONFIG": str(tmp_path)}
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        made.pop(name, None)
    docker = ["docker", "context"]
    create = [*docker, "create", "mine", "--docker", "host=unix:///mine/docker.sock"]
    for command in (create, [*docker, "use", "mine"]):
        subprocess.run(command, env=made, check=True, capture_output=True)
    assert daemon_socket(made) == "/mine/docker.sock"
