"""A process that has imported the worker and run nothing of it: the workers of the tests are forked from it.

A worker imports for half a second, and the tests start hundreds. Each fork is the worker from its ``main`` on: it
claims its own descriptors, folder and environment, and has nothing of any other in its memory. Only what it imports,
the seed of its hashes and the process that its local REPLs are forked from are the template's, as in production; how it
starts by itself is asked of workers that are started cold.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NoReturn

SRC = Path(__file__).parents[2] / "src"
LENGTH = 4

IMPORTED = (
    "rlm_worker.__main__",
    "rlm_worker.run.run",
    "rlm_worker.clients.http.client",
    "genai_prices.data",
    "rlm_coverage.measure",
    "rlm_coverage.role_coverage",
)
"""All that a run over chat completions imports."""


class ForkedWorker:
    """A worker process, as ``subprocess.Popen`` has one. ``template``: those of one name have one, and its seed.
    ``changes``: Python that changes the worker before it begins."""

    def __init__(
        self, env: Mapping[str, str], stderr: int, secrets: int, template: str = "", changes: str = ""
    ) -> None:
        stdin, ours_in = os.pipe()
        ours_out, stdout = os.pipe()
        self._status, theirs = socket.socketpair()
        _template(template).fork(
            {"env": dict(env), "cwd": os.getcwd(), "changes": changes},
            [stdin, stdout, stderr, secrets, theirs.fileno()],
        )
        for descriptor in (stdin, stdout, theirs.detach()):
            os.close(descriptor)
        self.stdin: IO[bytes] = os.fdopen(ours_in, "wb", buffering=0)
        self.stdout: IO[bytes] = os.fdopen(ours_out, "rb")
        self.returncode: int | None = None
        self.pid = int.from_bytes(_exactly(self._status, LENGTH), "big")

    def poll(self) -> int | None:
        ended = self.returncode is None and select.select([self._status], [], [], 0)[0]
        return self.wait() if ended else self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a forked worker", timeout or 0)
            self.returncode = int.from_bytes(_exactly(self._status, LENGTH), "big", signed=True)
            self._status.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class Template:
    """The process, as whoever wants a worker holds it. It ends with its holder."""

    def __init__(self) -> None:
        self._channel, theirs = socket.socketpair()
        self._asking = threading.Lock()
        environment = {**os.environ, "PYTHONPATH": str(SRC), "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, __file__, str(theirs.fileno())]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environment, pass_fds=[theirs.fileno()])
        theirs.close()

    def fork(self, start: dict[str, Any], descriptors: list[int]) -> None:
        """``descriptors``: the worker's first four, and where its pid is told, and how it ended."""
        said = json.dumps(start).encode()
        with self._asking:
            socket.send_fds(self._channel, [len(said).to_bytes(LENGTH, "big")], descriptors)
            self._channel.sendall(said)


@cache
def _template(_name: str) -> Template:
    return Template()


def _exactly(channel: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = channel.recv(size - len(data))
        if not more:
            raise EOFError("the template of the workers, or what it forked, is gone")
        data += more
    return data


# What follows runs in the template.


def serve(channel: socket.socket) -> None:
    _import_the_worker()
    assert threading.active_count() == 1, "a fork takes no threads along"
    from rlm_worker.environments.shared_template import SharedTemplate
    from rlm_worker.environments.template_process import can_fork

    repls = SharedTemplate()
    while True:
        length, descriptors, _, _ = socket.recv_fds(channel, LENGTH, 5)
        if not length:
            return
        start = json.loads(_exactly(channel, int.from_bytes(length, "big")))
        _bury()
        control = repls.connect()
        assert control is not None or not can_fork(), "the template of the local REPLs is gone, or takes nothing"
        if os.fork() == 0:
            channel.close()
            repls.let_go()
            _watch(start, descriptors, control)
        if control is not None:
            control.close()
        for descriptor in descriptors:
            os.close(descriptor)


def _bury() -> None:
    """Those that told how their workers ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _import_the_worker() -> None:
    from rlm_worker.server import host_messages
    from rlm_worker.silent_printer import leave_printer_out

    leave_printer_out()
    for module in IMPORTED:
        import_module(module)
    host_messages()


def _watch(start: dict[str, Any], descriptors: list[int], repls: socket.socket | None) -> NoReturn:
    """Between the template and a worker: waits for it, and tells how it ended."""
    status = socket.socket(fileno=descriptors[4])
    worker = os.fork()
    if worker == 0:
        status.close()
        _become_worker(start, descriptors[:4], repls)
    if repls is not None:
        repls.close()
    for descriptor in descriptors[:4]:
        os.close(descriptor)
    try:
        status.sendall(worker.to_bytes(LENGTH, "big"))
        _, ended = os.waitpid(worker, 0)
        status.sendall(os.waitstatus_to_exitcode(ended).to_bytes(LENGTH, "big", signed=True))
    finally:
        os._exit(0)


def _become_worker(start: dict[str, Any], descriptors: list[int], repls: socket.socket | None) -> NoReturn:
    code = 1
    try:
        from rlm_worker.__main__ import main
        from rlm_worker.environments.kernel_template import kernel_templates
        from rlm_worker.environments.template_process import kernel_variables

        given = [*descriptors, *([repls.detach()] if repls is not None else [])]
        above = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 10) for one in given]
        for at, descriptor in enumerate(above):
            os.dup2(descriptor, at, inheritable=at < 4)
            os.close(descriptor)
        os.closerange(len(given), 256)
        if repls is not None:
            kernel_templates().adopt(socket.socket(fileno=4), kernel_variables())
        os.environ.clear()
        os.environ.update(start["env"])
        os.chdir(start["cwd"])
        tempfile.tempdir = None
        exec(start["changes"], {})
        main()
    except SystemExit as end:
        if isinstance(end.code, int):
            code = end.code
        else:
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of this file, which no worker has
    serve(socket.socket(fileno=int(sys.argv[1])))
