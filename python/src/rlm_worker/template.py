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
from contextlib import ExitStack, suppress
from importlib import import_module
from typing import Any, Final

from .environments.kernel_template import kernel_templates
from .environments.shared_template import SharedTemplate
from .environments.template_process import kernel_variables
from .server import host_messages
from .wire.node_channel import NOT_TAKEN, TAKEN, Message, NodeChannel

STREAMS: Final = 4
"""Of a worker: what it reads, what it writes, its stderr, and its secrets."""

ABOVE_STREAMS: Final = 10

IMPORTED: Final = (
    "rlm_worker.run.run",
    "rlm_worker.run.runs",
    "encodings.utf_16_le",
)
"""What a run imports, and what it would only when it reads a context."""

IMPORTED_LATER: Final = (
    "genai_prices.data",
    "genai_prices.data_snapshot",
    "rlm_worker.clients.offline_model.reply",
    "httpcore2",
)
"""What some runs import: for a price, for the model that is a program, for TLS or a proxy. Most templates fork one
worker: only those that fork more have it."""

Pair = tuple[socket.socket, socket.socket]


def become_worker(channel: NodeChannel) -> None:
    """Returns in every worker, with descriptors 0 to 3 of its own. The template itself ends with its host."""
    os.chdir("/")  # no folder waits for it to be removed
    template = Template(channel)
    try:
        template.hear_first()
        _import(*IMPORTED)
        _make_readers()
        gc.freeze()  # pages that no collection writes to stay shared with every fork
        if template.serve_first():
            return
        _import(*IMPORTED_LATER)
        _make_later_readers()
        gc.freeze()
        template.serve()
    except EOFError:
        os._exit(0)


def _make_readers() -> None:
    """Of what every run is sent."""
    from ._generated.messages import RunSecrets

    host_messages()
    RunSecrets.model_rebuild()


def _make_later_readers() -> None:
    """Of options, and of what a run that goes on has from its earlier lives."""
    from ._generated.messages import DockerOptions, LandlockOptions, LocalOptions
    from .journal.recorded import effects

    for model in (DockerOptions, LandlockOptions, LocalOptions):
        model.model_rebuild()
    effects()


def _import(*modules: str) -> None:
    for module in modules:
        import_module(module)
    if threading.active_count() > 1:
        raise RuntimeError("a package has started a thread, which a fork does not take along")


class Template:
    """Forks a worker whenever the host asks for one, and tells how each ended."""

    def __init__(self, channel: NodeChannel) -> None:
        self._channel = channel
        self._heard: list[Message] = []
        self._repls = SharedTemplate()
        self._woken, self._wakes = socket.socketpair()
        self._asked = 0
        self._workers: dict[int, int] = {}
        """The host's numbers for them, by process id."""

        self._untaken: deque[int] = deque()
        """Whose streams the host has not answered yet: a process id for each."""

    def hear_first(self) -> None:
        """Waits for the first request, whose worker's REPLs may take as long to prepare as what it imports: both go on
        at once. Raises EOFError when the host has gone."""
        self._heard.extend(self._channel.receive())
        if any(message.get("local") for message in self._heard):
            self._repls.start()

    def serve_first(self) -> bool:
        """True in each fork; False when more than one has been asked for, and all of them have been handed over. Raises
        as ``serve``."""
        self._woken.setblocking(False)
        self._wakes.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
        signal.set_wakeup_fd(self._wakes.fileno(), warn_on_full_buffer=False)
        while not any(map(self._take, self._heard)):
            self._heard = []
            if self._asked > 1 and not self._untaken:
                return False
            self._heard = self._hear()
        return True

    def serve(self) -> None:
        """Returns in each fork. Raises EOFError when the host has gone, or wants no more."""
        while not any(map(self._take, self._heard)):
            self._heard = self._hear()

    def _hear(self) -> list[Message]:
        readable = select.select([self._channel, self._woken], [], [])[0]
        if self._woken in readable:
            self._woken.recv(1024)
            self._bury()
        return list(self._channel.receive()) if self._channel in readable else []

    def _take(self, message: Message) -> bool:
        """True in a fork."""
        if message.get("type") == "end":
            raise EOFError
        if message.get("type") == "fork":
            return self._fork(**message)
        if message.get("cmd") in (TAKEN, NOT_TAKEN):
            self._answered(message["cmd"] == TAKEN)
        return False

    def _fork(self, *, worker: int, cwd: str, environment: dict[str, str], local: bool, **_: Any) -> bool:
        """True in the fork. ``local``: its REPLs are to be forked, too."""
        self._asked += 1
        with ExitStack() as opened:
            try:
                pairs = [_pair(opened) for _ in range(STREAMS)]
                repls = self._repls.connect() if local else None
                if repls is not None:
                    opened.enter_context(repls)
                pid = os.fork()
            except OSError as error:
                self._channel.send({"type": "failed", "worker": worker, "message": str(error)})
                return False
            if pid == 0:
                streams = [_above(theirs) for _, theirs in pairs]
                if repls is not None:
                    kernel_templates().adopt(socket.socket(fileno=_above(repls)), kernel_variables())
                opened.close()
                self._begin(streams)
                os.environ.update(environment)
                os.chdir(cwd)
                return True
            with suppress(OSError):  # it has done so itself, or is gone
                os.setpgid(pid, pid)
            self._workers[pid] = worker
            for stream, (ours, _theirs) in enumerate(pairs):
                self._channel.hand_over(ours, {"type": "stream", "worker": worker, "pid": pid, "stream": stream})
                self._untaken.append(pid)
        return False

    def _begin(self, streams: list[int]) -> None:
        """What a process that was started has of itself: a group, descriptors, signals."""
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._channel.close()
        self._repls.let_go()
        self._woken.close()
        self._wakes.close()
        for stream, descriptor in enumerate(streams):
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
                worker = self._workers.pop(pid, None)
                end = {"exitCode": code, "signal": None} if code >= 0 else {"exitCode": None, "signal": _name(-code)}
                if worker is not None:  # and not the template of the REPLs
                    self._channel.send({"type": "exited", "worker": worker, **end})


def _end_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # of those without a name
        return f"signal {number}"


def _pair(opened: ExitStack) -> Pair:
    ours, theirs = socket.socketpair()
    return opened.enter_context(ours), opened.enter_context(theirs)


def _above(one: socket.socket) -> int:
    """A duplicate where no stream of a worker is to be."""
    return fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, ABOVE_STREAMS)
