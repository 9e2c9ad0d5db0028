"""A process that has imported all that a run needs, and has run nothing and held no key: each worker is a fork of it.

Linux only: elsewhere a fork of a process that has loaded things is not sound.
"""

from __future__ import annotations

import fcntl
import gc
import os
import select
import signal
import socket
import threading
from collections import deque
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

from .server import host_messages
from .wire.node_channel import NOT_TAKEN, TAKEN, NodeChannel

STREAMS: Final = 4
"""Of a worker: what it reads, what it writes, its stderr, and its secrets."""

ABOVE_STREAMS: Final = 10

IMPORTED: Final = (
    "rlm_worker.run.run",
    "rlm_worker.run.runs",
    "genai_prices.data",
    "genai_prices.data_snapshot",
    "httpcore2",
)
"""What a run imports, and what it would only when it looks up a price and makes a request."""

Pair = tuple[socket.socket, socket.socket]


def become_worker(channel: NodeChannel) -> None:
    """Returns in every worker, with descriptors 0 to 3 of its own. The template itself ends with its host."""
    os.chdir("/")  # no folder waits for it to be removed
    for module in IMPORTED:
        import_module(module)
    host_messages()
    if threading.active_count() > 1:
        raise RuntimeError("a package has started a thread, which a fork does not take along")
    gc.collect()
    gc.freeze()  # pages that no collection writes to stay shared with every fork
    try:
        Template(channel).serve()
    except EOFError:
        os._exit(0)


class Template:
    """Forks a worker whenever the host asks for one, and tells how each ended."""

    def __init__(self, channel: NodeChannel) -> None:
        self._channel = channel
        self._woken, self._wakes = socket.socketpair()
        self._workers: dict[int, int] = {}
        """The host's numbers for them, by process id."""

        self._untaken: deque[int] = deque()
        """Whose streams the host has not answered yet: a process id for each."""

    def serve(self) -> None:
        """Returns in each fork. Raises EOFError when the host has gone, or wants no more."""
        self._woken.setblocking(False)
        self._wakes.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
        signal.set_wakeup_fd(self._wakes.fileno(), warn_on_full_buffer=False)
        while True:
            readable = select.select([self._channel, self._woken], [], [])[0]
            if self._woken in readable:
                self._woken.recv(1024)
                self._bury()
            if self._channel in readable:
                for message in self._channel.receive():
                    if message.get("type") == "end":
                        raise EOFError
                    if message.get("type") == "fork":
                        if self._fork(**message):
                            return
                    elif message.get("cmd") in (TAKEN, NOT_TAKEN):
                        self._answered(message["cmd"] == TAKEN)

    def _fork(self, *, worker: int, cwd: str, environment: dict[str, str], **_: Any) -> bool:
        """True in the fork."""
        pairs: list[Pair] = []
        try:
            pairs += (socket.socketpair() for _ in range(STREAMS))
            pid = os.fork()
        except OSError as error:
            self._channel.send({"type": "failed", "worker": worker, "message": str(error)})
            _close(pairs)
            return False
        if pid == 0:
            self._begin(pairs)
            os.environ.update(environment)
            os.chdir(cwd)
            return True
        with suppress(OSError):  # it has done so itself, or is gone
            os.setpgid(pid, pid)
        self._workers[pid] = worker
        for stream, (ours, _theirs) in enumerate(pairs):
            self._channel.hand_over(ours, {"type": "stream", "worker": worker, "pid": pid, "stream": stream})
            self._untaken.append(pid)
        _close(pairs)
        return False

    def _begin(self, pairs: list[Pair]) -> None:
        """What a process that was started has of itself: a group, descriptors, signals."""
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._channel.close()
        private = [fcntl.fcntl(theirs, fcntl.F_DUPFD_CLOEXEC, ABOVE_STREAMS) for _, theirs in pairs]
        _close([*pairs, (self._woken, self._wakes)])
        for stream, descriptor in enumerate(private):
            os.dup2(descriptor, stream)
            os.close(descriptor)

    def _answered(self, is_taken: bool) -> None:
        pid = self._untaken.popleft()
        if not is_taken and pid in self._workers:
            _end_group(pid)
            message = "Too many open files, where the worker was to be started from"
            self._channel.send({"type": "failed", "worker": self._workers[pid], "message": message})

    def _bury(self) -> None:
        """Tell of those that have ended, once what was left of their group has ended too."""
        with suppress(ChildProcessError):  # there is none
            while found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                pid = found.si_pid
                _end_group(pid)  # its id is nobody else's before the wait
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                end = {"exitCode": code, "signal": None} if code >= 0 else {"exitCode": None, "signal": _name(-code)}
                self._channel.send({"type": "exited", "worker": self._workers.pop(pid), **end})


def _end_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # of those without a name
        return f"signal {number}"


def _close(pairs: list[Pair]) -> None:
    for pair in pairs:
        for end in pair:
            end.close()
