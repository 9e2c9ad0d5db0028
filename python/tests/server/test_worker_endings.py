"""A run tells its answer while its container is removed; none is left all the same."""

from __future__ import annotations

import shutil
import signal
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from fake_provider import FakeProvider, answer, cell, in_turn
from needs import IMAGE
from repl_harness import containers
from worker_harness import WAIT_SECONDS, Worker, spec

pytestmark = [pytest.mark.docker, pytest.mark.slow]

# The client of a container comes back, which is when that is removed, once there is a file.
SLOW_TO_REMOVE = """#!/bin/sh
[ "$1" = run ] || exec "{docker}" "$@"
"{docker}" "$@"
until [ -e "{removed}" ]; do sleep 0.05; done
"""


@pytest.fixture
def removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file for which removal waits."""
    program, removed = tmp_path / "bin" / "docker", tmp_path / "removed"
    program.parent.mkdir()
    program.write_text(SLOW_TO_REMOVE.format(docker=shutil.which("docker"), removed=removed))
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/local/bin:/usr/bin:/bin")
    return removed


def test_the_answer_and_the_next_run_wait_for_no_removal(removed: Path, tmp_path: Path) -> None:
    script = in_turn(answer("'first'"), answer("'second'"))
    with FakeProvider(script) as provider, Worker() as worker:
        in_docker = spec(provider.url, tmp_path, environment="docker", environmentOptions={"image": IMAGE})
        assert [worker.run(in_docker).answer for _ in range(2)] == ["first", "second"]
        assert not removed.exists()
        removed.touch()
        worker.send({"type": "shutdown"})
        assert worker.process.wait(WAIT_SECONDS) == 0


@pytest.mark.parametrize("end", ["shutdown", "SIGTERM", "SIGKILL", "abort"])
def test_no_container_is_left_however_the_worker_ends(end: str, tmp_path: Path) -> None:
    script = in_turn(cell("import time; time.sleep(1000)") if end == "abort" else answer("'done'"))
    label = f"label=rlm-bridge.run={tmp_path.name}"
    options: dict[str, Any] = {"image": IMAGE}
    with FakeProvider(script) as provider, Worker() as worker:
        worker.start(spec(provider.url, tmp_path, environment="docker", environmentOptions=options), tmp_path.name)
        if end == "abort":
            worker.wait_type("codeBlock.started", id=tmp_path.name)
            worker.send({"type": "run.cancel", "id": tmp_path.name})
        worker.finish(tmp_path.name)
        if end in ("shutdown", "abort"):
            worker.send({"type": "shutdown"})
        else:
            worker.process.send_signal(signal.Signals[end])
        worker.process.wait(WAIT_SECONDS)
        until = time.monotonic() + WAIT_SECONDS
        while containers(label):
            assert time.monotonic() < until
