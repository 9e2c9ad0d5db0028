"""The template of workers as its host sees it, which here is the test in place of Node."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from worker_harness import WAIT_SECONDS
from worker_template import SRC

from rlm_worker.wire.node_channel import NOT_TAKEN, TAKEN
from rlm_worker.wire.temporary_folder import VARIABLE

pytestmark = pytest.mark.slow

Message = dict[str, Any]


class Host:
    """What Node is to a template."""

    def __init__(self) -> None:
        self.channel, theirs = socket.socketpair()
        self.channel.settimeout(WAIT_SECONDS)
        env = {**os.environ, "PYTHONPATH": str(SRC), "NODE_CHANNEL_FD": str(theirs.fileno())}
        command = [sys.executable, "-m", "rlm_worker"]
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
        theirs.close()
        self._pending = b""
        self.sockets: list[socket.socket] = []

    def fork(self, worker: int, *, local: bool = False) -> Path:
        """The worker's temporary folder."""
        folder = Path(tempfile.gettempdir(), f"rlm-bridge-worker-{uuid.uuid4()}")
        asked = {"worker": worker, "cwd": os.getcwd(), "environment": {VARIABLE: str(folder)}, "local": local}
        self.say({"type": "fork", **asked})
        return folder

    def say(self, message: Message) -> None:
        self.channel.sendall(json.dumps(message).encode() + b"\n")

    def hear(self) -> Message:
        """The next message; the sockets that come with any are kept."""
        while b"\n" not in self._pending:
            data, descriptors, _, _ = socket.recv_fds(self.channel, 1 << 16, 1)
            assert data, "the template has gone"
            self.sockets += [socket.socket(fileno=descriptor) for descriptor in descriptors]
            self._pending += data
        line, _, self._pending = self._pending.partition(b"\n")
        return json.loads(line)

    def close(self) -> None:
        self.channel.close()
        for one in self.sockets:
            one.close()


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    """Of one template. It ends with its channel."""
    host = Host()
    yield host
    host.close()
    assert host.process.wait(WAIT_SECONDS) == 0


def test_a_worker_comes_with_four_sockets_and_its_end_is_told(host: Host) -> None:
    host.fork(7)
    streams = [host.hear() for _ in range(4)]
    assert [(one["cmd"], one["type"]) for one in streams] == [("NODE_HANDLE", "net.Socket")] * 4
    said = [one["msg"] for one in streams]
    assert [(one["worker"], one["stream"]) for one in said] == [(7, 0), (7, 1), (7, 2), (7, 3)]
    for _ in streams:
        host.say({"cmd": TAKEN})
    stdin, stdout, _, _ = host.sockets[-4:]
    ready = json.loads(stdout.makefile("rb").readline())
    assert (ready["type"], ready["pid"]) == ("worker.ready", said[0]["pid"])
    stdin.shutdown(socket.SHUT_WR)
    assert host.hear() == {"type": "exited", "worker": 7, "exitCode": 0, "signal": None}


def test_a_worker_that_the_host_has_no_descriptor_for_is_ended_and_told(host: Host) -> None:
    folder = host.fork(1)
    for _ in range(4):
        host.hear()
    host.say({"cmd": TAKEN})
    host.say({"cmd": NOT_TAKEN})
    failed = host.hear()
    assert (failed["type"], failed["worker"]) == ("failed", 1)
    assert "Too many open files" in failed["message"]
    assert host.hear() == {"type": "exited", "worker": 1, "exitCode": None, "signal": "SIGKILL"}
    shutil.rmtree(folder, ignore_errors=True)  # the host's to do for one that was killed


def test_the_template_goes_when_it_is_told_to() -> None:
    host = Host()
    host.fork(1)
    host.hear()
    host.say({"type": "end"})
    assert host.process.wait(WAIT_SECONDS) == 0
    host.close()
