"""The container: every flag of the sandbox, each failure of the runtime typed, and what was left behind removed."""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from needs import IMAGE
from repl_harness import MakeBench, containers, inspected

from rlm_worker.cancel import StopSignal
from rlm_worker.environments.docker import launcher as docker_launcher
from rlm_worker.environments.docker import orphans, owner
from rlm_worker.environments.docker.launcher import DockerLauncher
from rlm_worker.environments.docker.orphans import remove_orphans
from rlm_worker.environments.docker.owner import owner_is_gone, owner_tag
from rlm_worker.environments.docker.sandbox import OWNER_LABEL, RUN_LABEL, WORKER_LABEL
from rlm_worker.environments.options import DockerOptions, LocalOptions, parse_options
from rlm_worker.errors import EnvironmentFailure


def test_the_running_container_has_every_restriction(make_docker: MakeBench) -> None:
    run_id = uuid.uuid4().hex
    options = {"memoryMb": 300, "cpus": 0.5, "pidsLimit": 40, "tmpfsMb": 20, "openFiles": 300}
    run = make_docker(options, run_id=run_id)
    found = inspected(run.container)
    host, config = found["HostConfig"], found["Config"]
    assert host["NetworkMode"] == "none"
    assert (host["ReadonlyRootfs"], host["AutoRemove"], host["Privileged"]) == (True, True, False)
    assert (host["CapDrop"], host["CapAdd"]) == (["ALL"], None)
    assert "no-new-privileges" in host["SecurityOpt"]
    assert (host["Memory"], host["MemorySwap"], host["NanoCpus"], host["PidsLimit"]) == (
        300 << 20,
        300 << 20,
        5 * 10**8,
        40,
    )
    assert "noexec" in host["Tmpfs"]["/tmp"] and "size=20m" in host["Tmpfs"]["/tmp"]
    assert {limit["Name"]: limit["Hard"] for limit in host["Ulimits"]} == {"nofile": 300, "core": 0}
    assert (host["Binds"], host["PortBindings"] or {}, found["Mounts"]) == (None, {}, [])
    assert (host["IpcMode"], host["PidMode"], host["LogConfig"]["Type"]) == ("private", "", "none")
    assert config["User"] == "65532:65532"
    assert (config["Labels"][RUN_LABEL], config["Labels"][OWNER_LABEL]) == (run_id, owner_tag())
    assert config["Labels"][WORKER_LABEL] == Path(tempfile.gettempdir()).name
    assert not any("KEY" in variable for variable in config["Env"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"imgae": "x"}, "unknown option 'imgae', did you mean 'image'?"),
        ({"network": "host"}, "unknown option 'network', known are cellTimeoutMs"),
        ({"memoryMb": 1}, "memoryMb: Input should be greater than or equal to 128"),
        ({"memoryMb": "2048"}, "memoryMb: Input should be a valid integer"),
        ({"image": "--privileged"}, "image: "),
        ({"image": ""}, "image: "),
        ({"runtime": "lxc"}, "runtime: Input should be 'docker' or 'podman'"),
        ({"cpus": 0}, "cpus: "),
        ({"cellTimeoutMs": True}, "cellTimeoutMs: "),
        ({"ociRuntime": "--x"}, "ociRuntime: "),
    ],
)
def test_wrong_options_are_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(EnvironmentFailure) as failure:
        parse_options(DockerOptions, options)
    assert failure.value.code == "environment_start_failed"
    assert failure.value.message.startswith("environmentOptions: ") and message in failure.value.message


def test_defaults() -> None:
    assert parse_options(DockerOptions, {}).model_dump(by_alias=True) == {
        "cellTimeoutMs": 600_000,
        "startTimeoutMs": 60_000,
        "prewarm": False,
        "image": "python:3.12-slim",
        "runtime": "docker",
        "memoryMb": 2_048,
        "cpus": 1.0,
        "pidsLimit": 128,
        "tmpfsMb": 256,
        "openFiles": 1_024,
        "seccompProfile": None,
        "ociRuntime": None,
        "pullTimeoutMs": 600_000,
    }
    assert parse_options(LocalOptions, {}).memory_mb == 4_096


DOCKERS = {
    "daemon_does_not_answer": (
        "echo 'docker: Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?' >&2; exit 125",
        "container_runtime_not_running",
        "Start it, or use environment 'landlock'",
    ),
    "image_cannot_be_pulled": (
        'case $1 in pull) echo "dial tcp: no route to host" >&2; exit 1;; esac\n'
        'echo "docker: Error response from daemon: No such image: x" >&2; exit 125',
        "image_missing",
        "no route to host). Set environmentOptions.image to one you have",
    ),
    "pull_never_ends": (
        "case $1 in pull) exec sleep 1000;; esac\necho 'Unable to find image' >&2; exit 125",
        "image_missing",
        "it took longer than 1 s",
    ),
    "image_without_python": (
        "echo 'exec: \"python3\": executable file not found in $PATH: unknown.' >&2; exit 127",
        "environment_start_failed",
        "has neither python3 nor python",
    ),
    "old_python": (
        "echo 'the kernel needs Python 3.9 or newer, this is 3.6.9' >&2; exit 1",
        "environment_start_failed",
        "needs Python 3.9 or newer",
    ),
    "talks_nonsense": ("echo hello", "environment_start_failed", "did not start"),
    "never_ready": ("exec sleep 1000", "environment_start_failed", "startTimeoutMs"),
    "runtime_refuses": (
        "echo 'docker: Error response from daemon: Unknown runtime specified runsc.' >&2; exit 125",
        "environment_start_failed",
        "Unknown runtime specified runsc",
    ),
}


@pytest.mark.parametrize(("script", "code", "text"), DOCKERS.values(), ids=DOCKERS.keys())
def test_failures_of_the_command(
    make_local: MakeBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, code: str, text: str
) -> None:
    program = tmp_path / "docker"
    program.write_text(f"#!/bin/sh\ncase $1 in ps|rm) exit 0;; esac\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")  # no socket: it is for the command
    monkeypatch.setattr(docker_launcher, "END_GRACE_S", 0.2)  # of a client that hangs
    with pytest.raises(EnvironmentFailure) as failure:
        make_local({"pullTimeoutMs": 1000, "startTimeoutMs": 1000}, environment="docker")
    assert failure.value.code == code
    assert text in failure.value.message


def test_no_runtime_at_all(make_local: MakeBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for runtime in ("docker", "podman"):
        with pytest.raises(EnvironmentFailure, match=f"`{runtime}` was not found on PATH") as failure:
            make_local({"runtime": runtime}, environment="docker")
        assert failure.value.code == "container_runtime_missing"


@pytest.mark.docker
def test_an_image_that_is_missing_for_good() -> None:
    launcher = DockerLauncher(parse_options(DockerOptions, {"image": "rlm-bridge-no-such:image"}), "run")
    stop = StopSignal()
    process = launcher.launch(stop)
    process.hang_up()
    launcher.end(process)
    with pytest.raises(EnvironmentFailure, match="could not be pulled") as failure:
        launcher.recover(process, stop)
    launcher.close()
    process.release()
    assert failure.value.code == "image_missing"


def made_by(tag: str, *how: str) -> str:
    """A container whose label says so."""
    command = ["docker", *how, "--network", "none", "--label", f"{OWNER_LABEL}={tag}", IMAGE, "sleep", "100"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.docker
def test_orphans_are_removed_and_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the socket, and by the command. One test: what looks for orphans finds those of another, too."""
    machine, boot, namespace, _, _ = owner_tag().split(":")
    others = {
        "ours": owner_tag(),
        "another machine's": f"{'0' * 32}:{boot}:{namespace}:999999:1",
        "another namespace's": f"{machine}:{boot}:12345:999999:1",
        "unreadable": "nonsense",
    }
    made: dict[str, str] = {}
    try:
        for name, tag in others.items():
            made[name] = made_by(tag, "create")
        for way in ("the socket", "the command"):
            if way == "the command":
                monkeypatch.setattr(orphans, "daemon_socket", lambda _: None)  # pyright: ignore
            # One that is to be removed runs.
            made[way] = made_by(f"{machine}:{boot}:{namespace}:{os.getpid()}:1", "run", "--detach")
            remove_orphans("docker")
            until = time.monotonic() + 60
            while containers(f"id={made[way]}"):  # another worker may have found it, too, and be at it
                assert time.monotonic() < until
                time.sleep(0.01)
            assert {name for name in made if containers(f"id={made[name]}")} == others.keys()
    finally:
        subprocess.run(["docker", "rm", "-f", *made.values()], capture_output=True, check=True)


def test_owners_are_judged_only_with_certainty() -> None:
    machine, boot, namespace, pid, start = owner_tag().split(":")
    assert not owner_is_gone(owner_tag())
    assert owner_is_gone(":".join((machine, boot, namespace, pid, f"{start}1")))
    assert owner_is_gone(":".join((machine, "another boot", namespace, pid, start)))
    assert not owner_is_gone(":".join(("another machine", boot, namespace, pid, "1")))
    assert not owner_is_gone(":".join((machine, boot, "another namespace", pid, "1")))
    assert not owner_is_gone("")


def test_an_owner_of_whom_nothing_can_be_read_is_gone_if_there_is_no_such_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine, boot, namespace, _, start = owner_tag().split(":")
    ended = subprocess.Popen(["true"])
    ended.wait()
    monkeypatch.setattr(owner, "_start_time", lambda pid: None)
    assert not owner_is_gone(owner_tag())
    assert owner_is_gone(":".join((machine, boot, namespace, str(ended.pid), start)))
