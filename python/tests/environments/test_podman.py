"""What is particular to podman, and what a runtime says when it starts. The e2e suite runs podman itself."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from needs import IMAGE
from repl_harness import MakeBench

from rlm_worker.environments.docker.launcher import run_command
from rlm_worker.environments.options import DockerOptions, parse_options

REMARK = "Resource limits are not supported and ignored on cgroups V1 rootless systems"

# Starts the kernel without a container: the image's place in the command is where its arguments begin.
PROGRAM = f"""#!/bin/sh
[ "$1" = run ] || exit 0
echo '{REMARK}' >&2
while [ "$1" != '{IMAGE}' ]; do shift; done
shift
exec python3 "$@"
"""


def test_its_defaults_that_weaken_the_sandbox_are_turned_off() -> None:
    commands = {
        runtime: run_command(parse_options(DockerOptions, {"runtime": runtime}), "name", "run", "python3")
        for runtime in ("docker", "podman")
    }
    extra = [flag for flag in commands["podman"] if flag not in commands["docker"]]
    assert extra[:3] == ["podman", "--read-only-tmpfs=false", "--http-proxy=false"]
    assert [flag.partition("=")[0] for flag in extra[3:]] == ["nproc"]


def test_what_the_runtime_says_is_a_warning(
    make_local: MakeBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: list[str]
) -> None:
    program = tmp_path / "podman"
    program.write_text(PROGRAM)
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    run = make_local({"runtime": "podman", "image": IMAGE}, environment="docker")
    assert run("print(6 * 7)").stdout == "42\n"
    assert any(message.startswith("WARNING") and REMARK in message for message in logged)
