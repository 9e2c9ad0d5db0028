"""What the client of a container runtime gets of the worker's environment."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from rlm_worker.environments.docker.cli import run_client

GIVEN = {
    "HOME": "/home/me",
    "DOCKER_HOST": "ssh://me@there",
    "DOCKER_CONTEXT": "there",
    "SSH_AUTH_SOCK": "/agent",
    "ALL_PROXY": "socks5://proxy",
    "https_proxy": "http://proxy",
    "no_proxy": "localhost",
}
KEPT_BACK = {"DOCKER_AUTH_CONFIG": "secret", "MODAL_TOKEN_SECRET": "secret", "SSL_CERT_FILE": "/certificates"}


def test_the_client_gets_what_leads_it_to_its_daemon_proxies_in_small_letters_too_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = tmp_path / "prints-its-environment"
    client.write_text("#!/bin/sh\nexec /usr/bin/env\n")
    client.chmod(stat.S_IRWXU)
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in (GIVEN | KEPT_BACK).items():
        monkeypatch.setenv(name, value)
    printed = dict(line.split("=", 1) for line in run_client(str(client)).stdout.splitlines())
    assert {name: value for name, value in printed.items() if name not in ("PWD", "SHLVL", "_")} == GIVEN
