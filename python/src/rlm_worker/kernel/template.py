"""The template of local kernels: it has loaded them and run nothing, and each is a fork of it. Any number of workers
ask it for theirs, each on a socket of its own, and none reaches the kernels of another.

What a killed supervisor leaves comes to this process, whatever session, group or environment it gave itself, and is
ended here. One thread, one loop. Linux only.
"""

from __future__ import annotations

import gc
import os
import signal
import time
from _socket import CMSG_LEN, SCM_RIGHTS, SOL_SOCKET, socket
from array import array
from contextlib import suppress
from typing import Any, NamedTuple, NoReturn

from . import folders
from .child import forget_modules
from .codec import decode
from .forked import become_supervisor, raise_open_files
from .pipes import READABLE, Watch
from .processes import descendants, protect_supervisor
from .spare_descriptors import SpareDescriptors

MAX_REQUEST_BYTES = 1 << 16
DESCRIPTORS = 4
"""Of a request: the kernel's stderr, stdin and stdout, and where its process id and its end are told."""

TOO_MANY = "Too many open files, in the template of the local REPLs"

LOOK_AGAIN_S = 0.001
END_GRACE_S = 5.0
"""Kernels end by themselves when their worker has gone; who stopped one of them does not keep it."""


class _Worker:
    """Who asks for kernels, and how many of those are there. Its socket is closed when it has gone and they have."""

    def __init__(self, control: socket) -> None:
        self.control = control
        self.kernels = 0
        self.gone_at: float | None = None


class _Kernel(NamedTuple):
    pid: int
    process: int
    """The descriptor of the process, readable when it has ended."""

    status: int
    worker: _Worker


class Template:
    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config
        self._watch = Watch()
        self._workers: set[_Worker] = set()
        self._kernels: dict[int, _Kernel] = {}
        self._ended: list[_Kernel] = []
        # Opened here, as later there may be no descriptor for it.
        self._children = os.open(f"/proc/self/task/{os.getpid()}/children", os.O_RDONLY)
        self._spare = SpareDescriptors(DESCRIPTORS)
        self._add_worker(config["control"])

    def run(self) -> NoReturn:
        """Until the last worker has gone, and all that was forked for any."""
        protect_supervisor()
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        self._soft_limit = raise_open_files()
        self._spare.hold()
        gc.collect()
        gc.freeze()
        while self._workers:
            self._watch.serve(self._patience())
            self._end_kernels_of_nobody()
            self._end_what_is_left()
            self._forget_workers()
        os._exit(0)

    def _patience(self) -> float | None:
        if self._ended:
            return LOOK_AGAIN_S
        return END_GRACE_S if any(worker.gone_at is not None for worker in self._workers) else None

    def _add_worker(self, descriptor: int) -> None:
        worker = _Worker(socket(fileno=descriptor))
        self._workers.add(worker)
        self._watch.set(descriptor, READABLE, lambda: self._on_worker(worker))

    def _on_worker(self, worker: _Worker) -> None:
        self._spare.let_go()
        try:
            self._take(worker)
        finally:
            self._spare.hold()

    def _take(self, worker: _Worker) -> None:
        try:
            data, descriptors = _received(worker.control)
        except OSError:
            data, descriptors = b"", []
        if not data:
            worker.gone_at = time.monotonic()
            self._watch.set(worker.control.fileno(), 0, _nothing)
            return
        request = decode(data)
        if "kill" in request:
            self._kill(request["kill"], worker)
        elif "worker" in request:
            for descriptor in descriptors:
                self._add_worker(descriptor)
        else:
            self._serve(request, descriptors, worker)

    def _serve(self, request: dict[str, Any], descriptors: list[int], worker: _Worker) -> None:
        try:
            self._fork(request, descriptors, worker)
        except OSError as error:
            if descriptors:
                _write(descriptors[0], f"{type(error).__name__}: {error}")
        finally:
            for descriptor in descriptors[: DESCRIPTORS - 1]:
                os.close(descriptor)

    def _fork(self, request: dict[str, Any], descriptors: list[int], worker: _Worker) -> None:
        """Raises OSError."""
        if len(descriptors) < DESCRIPTORS:
            raise OSError(TOO_MANY)
        stderr, stdin, stdout, status = descriptors
        try:
            if not self._spare.hold():
                raise OSError(TOO_MANY)
            pid = os.fork()
            if pid == 0:
                become_supervisor({**self._config, **request}, self._soft_limit, (stdin, stdout, stderr, status))
            self._add(pid, status, worker)
        except OSError:
            os.close(status)
            raise

    def _add(self, pid: int, status: int, worker: _Worker) -> None:
        try:
            kernel = _Kernel(pid, os.pidfd_open(pid), status, worker)
        except OSError:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise
        self._kernels[pid] = kernel
        worker.kernels += 1
        self._watch.set(kernel.process, READABLE, lambda: self._on_end(kernel))
        _write(status, str(pid))

    def _on_end(self, kernel: _Kernel) -> None:
        """It stays a zombie, and so its id is nobody else's, until nothing it left is there."""
        self._watch.set(kernel.process, 0, _nothing)
        os.close(kernel.process)
        self._ended.append(self._kernels.pop(kernel.pid))

    def _kill(self, pid: int, worker: _Worker) -> None:
        if pid in self._kernels and self._kernels[pid].worker is worker:
            os.kill(pid, signal.SIGKILL)

    def _end_kernels_of_nobody(self) -> None:
        late = {
            worker
            for worker in self._workers
            if worker.gone_at is not None and time.monotonic() - worker.gone_at >= END_GRACE_S
        }
        for kernel in self._kernels.values() if late else ():
            if kernel.worker in late:
                os.kill(kernel.pid, signal.SIGKILL)

    def _end_what_is_left(self) -> None:
        """One round; what ended is told when it finds nothing. Exact: what loses its parent is a child of this process
        before that parent can be collected, which only happens here."""
        if not self._ended:
            return
        left = self._orphans()
        for pid in (*left, *(descendants(*left) if left else ())):
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if left:
            return
        for kernel in self._ended:
            _, status = os.waitpid(kernel.pid, 0)
            _write(kernel.status, str(os.waitstatus_to_exitcode(status)))
            os.close(kernel.status)
            kernel.worker.kernels -= 1
        self._ended.clear()

    def _forget_workers(self) -> None:
        """Who has gone, and has no kernel any more: the end of its socket tells whoever waits for that."""
        for worker in [one for one in self._workers if one.gone_at is not None and one.kernels == 0]:
            worker.control.close()
            self._workers.remove(worker)

    def _orphans(self) -> list[int]:
        """The children of this process that still run and are no kernel."""
        known = {*self._kernels, *(kernel.pid for kernel in self._ended)}
        others = [pid for pid in map(int, self._read_children().split()) if pid not in known]
        return [pid for pid in others if os.waitpid(pid, os.WNOHANG)[0] == 0]

    def _read_children(self) -> bytes:
        os.lseek(self._children, 0, os.SEEK_SET)
        with os.fdopen(self._children, "rb", closefd=False) as file:
            return file.read()


def _received(control: socket) -> tuple[bytes, list[int]]:
    """A message, and the descriptors that came with it: as ``socket`` has it, which no kernel is to load."""
    descriptors = array("i")
    data, others, _, _ = control.recvmsg(MAX_REQUEST_BYTES, CMSG_LEN(DESCRIPTORS * descriptors.itemsize))
    for level, kind, value in others:
        if (level, kind) == (SOL_SOCKET, SCM_RIGHTS):
            descriptors.frombytes(value[: len(value) - len(value) % descriptors.itemsize])
    return data, list(descriptors)


def _write(descriptor: int, line: str) -> None:
    with suppress(OSError):  # nobody reads any more
        os.write(descriptor, f"{line}\n".encode())


def _nothing() -> None:
    """For descriptors that are watched no more."""


def main(config: dict[str, Any]) -> NoReturn:
    forget_modules(config["package"])
    folders.get_ready()
    Template(config).run()
