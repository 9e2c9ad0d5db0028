"""Containers that are asked for over the Engine's socket, and those that the ``docker`` command is left to start."""

from __future__ import annotations

import json
import os
import socket
import stat
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fake_engine import HANGS_UP, MADE, NEVER_ANSWERS, fake_engine, frame
from needs import IMAGE
from repl_harness import MakeBench, container_exists, inspected

from rlm_worker.cancel import StopSignal
from rlm_worker.environments.docker import launcher as docker_launcher
from rlm_worker.environments.docker.attached import without_network
from rlm_worker.environments.docker.container_request import container_request
from rlm_worker.environments.docker.endpoint import DEFAULT_SOCKET
from rlm_worker.environments.docker.engine import Engine
from rlm_worker.environments.docker.launcher import DockerLauncher
from rlm_worker.environments.options import DockerOptions, parse_options
from rlm_worker.environments.process import KernelProcess
from rlm_worker.errors import EnvironmentFailure
from rlm_worker.kernel.processes import descendants


def problem(text: str) -> dict[str, str]:
    return {"message": text}


NO_PYTHON = problem('OCI runtime create failed: exec: "python3": executable file not found in $PATH: unknown')
FAILURES: dict[str, tuple[dict[str, Any], str, str]] = {
    "no image": ({"create": (404, problem("No such image: x"))}, "image_missing", "no route to host). Set environment"),
    "no python": ({"start": (400, NO_PYTHON)}, "environment_start_failed", "has neither python3 nor python"),
    "an old python": (
        {"attach": frame(2, b"the kernel needs Python 3.9 or newer, this is 3.6.9")},
        "environment_start_failed",
        "needs Python 3.9 or newer",
    ),
    "nonsense": ({"attach": frame(1, b"hello\n")}, "environment_start_failed", "did not start"),
    "no stream": ({"attach": b"hello"}, "environment_start_failed", "did not start"),
    "never ready": ({}, "environment_start_failed", "startTimeoutMs"),
    "a refusal": (
        {"create": (400, problem("Unknown runtime specified runsc"))},
        "environment_start_failed",
        "the container did not start: docker: Error response from daemon: Unknown runtime specified runsc",
    ),
    "a refusal to attach": ({"attach": (409, problem("is paused"))}, "environment_start_failed", "is paused"),
    "a refusal without words": ({"create": (500, None)}, "environment_start_failed", "status 500"),
    "hangs up": ({"create": HANGS_UP}, "container_runtime_not_running", "Start it, or use environment 'landlock'"),
    "hangs up at the start": ({"start": HANGS_UP}, "container_runtime_not_running", "Start it, or use"),
    "never answers": ({"create": NEVER_ANSWERS}, "environment_start_failed", "startTimeoutMs"),
    "never starts it": ({"start": NEVER_ANSWERS}, "environment_start_failed", "startTimeoutMs"),
}
COMMAND = """#!/bin/sh
case $1 in pull) echo "dial tcp: no route to host" >&2; exit 1;; run) echo "not by me" >&2; exit 1;; esac
"""


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ``docker`` command, and a socket of a daemon that a test has still to start."""
    program = tmp_path / "docker"
    program.write_text(COMMAND)
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/engine")
    monkeypatch.setattr(docker_launcher, "END_GRACE_S", 0.2)  # of a daemon that hangs


@pytest.mark.usefixtures("command")
@pytest.mark.parametrize(("replies", "code", "text"), FAILURES.values(), ids=FAILURES.keys())
def test_failures_of_the_engine(
    make_forked: MakeBench, tmp_path: Path, replies: dict[str, Any], code: str, text: str
) -> None:
    patience_ms = 1000 if text == "startTimeoutMs" else 60_000
    with fake_engine(tmp_path / "engine", replies), pytest.raises(EnvironmentFailure) as failure:
        make_forked({"startTimeoutMs": patience_ms}, environment="docker")
    assert failure.value.code == code
    assert text in failure.value.message


@pytest.mark.usefixtures("command")
def test_a_container_that_was_made_and_not_started_is_removed(make_forked: MakeBench, tmp_path: Path) -> None:
    for replies in ({"start": (500, problem("odd"))}, {"attach": (500, problem("odd"))}):
        with fake_engine(tmp_path / "engine", replies) as asked, pytest.raises(EnvironmentFailure, match="odd"):
            make_forked({}, environment="docker")
        assert asked[-1] == "remove"
        (tmp_path / "engine").unlink()


@pytest.mark.usefixtures("command")
def test_what_the_engine_warns_of_is_heard(tmp_path: Path) -> None:
    warned = {"create": (201, {**MADE, "Warnings": ["no swap limit"]}), "attach": frame(1, b"x")}
    launcher = DockerLauncher(parse_options(DockerOptions, {}), "run")
    with fake_engine(tmp_path / "engine", warned):
        process = launcher.launch(StopSignal())
        assert process.read(10) == b"x"
        assert process.said == "WARNING: no swap limit"
        ended(launcher, process)


@pytest.mark.usefixtures("command")
@pytest.mark.parametrize("who", ["nobody", "Libpod/4.3.1 (linux)"])
def test_where_nobody_or_somebody_else_answers_the_command_is_asked(
    who: str, make_forked: MakeBench, tmp_path: Path, logged: list[str]
) -> None:
    with pytest.raises(EnvironmentFailure, match="not by me"):
        if who == "nobody":
            make_forked({}, environment="docker")
        else:
            with fake_engine(tmp_path / "engine", {}, who) as asked:
                try:
                    make_forked({}, environment="docker")
                finally:
                    assert asked == []
    assert any("the docker command is to start the container" in message for message in logged)


@pytest.mark.usefixtures("command")
def test_a_seccomp_profile_that_cannot_be_read(make_forked: MakeBench, tmp_path: Path) -> None:
    (tmp_path / "profile").write_text("{")
    for name, text in {"none": "cannot be read", "profile": "is not JSON"}.items():
        with pytest.raises(EnvironmentFailure, match=text) as failure:
            make_forked({"seccompProfile": str(tmp_path / name)}, environment="docker")
        assert failure.value.code == "environment_start_failed"


def ended(launcher: DockerLauncher, process: KernelProcess) -> None:
    process.hang_up()
    launcher.end(process)
    launcher.close()
    process.release()


@pytest.mark.docker
def test_no_process_of_this_machine_stands_for_a_container(make_docker: MakeBench) -> None:
    before = descendants(os.getpid())
    run = make_docker()
    assert run("print(6 * 7)").stdout == "42\n"
    assert [pid for pid in descendants(os.getpid()) if pid not in before] == []


@pytest.mark.docker
def test_a_container_whose_input_ends_before_it_starts_does_not_stay() -> None:
    launcher = DockerLauncher(parse_options(DockerOptions, {"image": IMAGE}), "run")
    for _ in range(3):
        process = launcher.launch(StopSignal())
        assert launcher.container is not None
        ended(launcher, process)
        assert not container_exists(launcher.container)


@pytest.mark.docker
def test_a_container_that_is_killed_is_removed_by_force() -> None:
    launcher = DockerLauncher(parse_options(DockerOptions, {"image": IMAGE}), "run")
    process = launcher.launch(StopSignal())
    process.write(b"\0\0\0\1")  # it runs, and waits for more
    process.kill()
    assert process.read(1) == b""
    ended(launcher, process)
    assert launcher.container is not None and not container_exists(launcher.container)


PROFILE = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["acct"], "action": "SCMP_ACT_ERRNO"}]}
OPTIONS: dict[str, dict[str, Any]] = {
    "the defaults": {},
    "all of them": {
        **{"memoryMb": 300, "cpus": 0.35, "pidsLimit": 40, "tmpfsMb": 20, "openFiles": 300},
        **{"seccompProfile": "profile.json", "ociRuntime": "runc"},
    },
    "no profile": {"seccompProfile": "unconfined"},
}
OF_THIS_ONE = ("Id", "Created", "State", "Name", "ResolvConfPath", "HostnamePath", "HostsPath", "GraphDriver")


@pytest.mark.docker
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
def test_the_container_is_the_same_that_the_command_makes(
    options: dict[str, Any], make_docker: MakeBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profile.json").write_text(json.dumps(PROFILE, indent=2))
    seen: list[dict[str, Any]] = []
    run_id = uuid.uuid4().hex
    for by_command in (False, True):
        with monkeypatch.context() as patch:
            if by_command:
                patch.setattr(docker_launcher, "daemon_socket", lambda _: None)  # pyright: ignore
            run = make_docker(options, run_id=run_id)
        seen.append(what_it_is(run.container))
        assert run("print(1)").stdout == "1\n"
    assert seen[0] == seen[1]


def what_it_is(container: str) -> dict[str, Any]:
    """All that the daemon knows of it, but for what makes it this one."""
    found = json.loads(json.dumps(inspected(container)).replace(container, "its name"))
    for name in OF_THIS_ONE:
        found.pop(name, None)
    assert set(found.pop("NetworkSettings")["Networks"]) <= {"none"}
    found["Config"].pop("NetworkDisabled", None)  # of a container that has no network anyway
    for part in ("Config", "HostConfig"):  # nothing is nothing, as a list too
        found[part] = {name: value for name, value in found[part].items() if value not in (None, [], {})}
    found["Config"]["Env"].sort()
    found["HostConfig"]["Ulimits"].sort(key=str)
    found["HostConfig"]["SecurityOpt"].sort()
    return found


@pytest.mark.docker
def test_a_container_has_no_network_but_its_own_loopback(in_containers: MakeBench) -> None:
    run = in_containers()
    found = run(
        "import os, socket\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname()).close()\n"
        "print(os.readlink('/proc/self/ns/net'), [name for _, name in socket.if_nameindex()])"
    )
    namespace, _, interfaces = found.stdout.strip().partition(" ")
    assert namespace.startswith("net:[") and namespace != os.readlink("/proc/self/ns/net")
    assert interfaces == "['lo']"


@pytest.mark.parametrize(
    ("server", "options", "disabled"),
    [
        ("Docker/20.10.24+dfsg1 (linux)", {}, True),
        ("Docker/27.5.1 (linux)", {}, True),
        ("Docker/28.0.0 (linux)", {}, None),
        ("Docker/dev (linux)", {}, None),
        ("Docker/20.10.24 (linux)", {"ociRuntime": "runsc"}, None),
    ],
)
def test_networking_is_off_where_that_spares_a_program(
    server: str, options: dict[str, Any], disabled: bool | None, tmp_path: Path
) -> None:
    request = container_request(parse_options(DockerOptions, options), "name", "run", "python3")
    with fake_engine(tmp_path / "engine", {}, server), Engine(str(tmp_path / "engine")) as engine:
        asked = without_network(request, engine)
    assert asked.get("NetworkDisabled") is disabled
    assert asked["HostConfig"]["NetworkMode"] == "none"


@contextmanager
def over_tcp() -> Iterator[str]:
    """The daemon's socket as an address of the network."""

    path = os.environ.get("DOCKER_HOST", "").removeprefix("unix://") or DEFAULT_SOCKET

    def pump(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(1 << 16):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            target.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            daemon = socket.socket(socket.AF_UNIX)
            daemon.connect(path)
            for pair in ((client, daemon), (daemon, client)):
                threading.Thread(target=pump, args=pair, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.docker
def test_a_daemon_that_has_no_socket_here_is_asked_by_the_command(
    make_docker: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with over_tcp() as address:
        monkeypatch.setenv("DOCKER_HOST", address)
        run = make_docker()
        run.repl.load_context("x" * 5_000_000)
        assert run("print(len(context), llm_query('one'))").stdout == "5000000 echo:one\n"
        commands = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in descendants(os.getpid())]
        assert any(command.startswith(b"docker\0run\0") for command in commands)
        run.repl.cleanup()
        assert not container_exists(run.container)


@pytest.mark.usefixtures("command")
def test_a_container_that_is_being_asked_for_is_noted_for_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    launcher = DockerLauncher(parse_options(DockerOptions, {"image": "an/image:1"}), "run")

    def notes() -> dict[str, str]:
        return {note.name: os.readlink(note) for note in tmp_path.glob("asked-container-*")}

    with fake_engine(tmp_path / "engine", {"create": NEVER_ANSWERS}):
        process = launcher.launch(StopSignal())
        while not notes():
            time.sleep(0.01)
        assert notes() == {f"asked-container-{launcher.container}": "an/image:1"}
        ended(launcher, process)
    assert notes() == {}
