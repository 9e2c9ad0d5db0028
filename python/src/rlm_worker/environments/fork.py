"""A kernel that a template was asked to fork, as KernelProcess holds it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, Final

from ..kernel import bundle
from .channel import Pipes

UNKNOWN_END: Final = -signal.SIGKILL
"""Of a kernel that outlived its template."""


class Fork:
    """Its process id and its exit status come through a pipe that it and the template hold open."""

    def __init__(self, kill: Callable[[int], bool]) -> None:
        """``kill`` is the template's. Raises OSError, and then leaves nothing behind."""
        self._kill = kill
        self._lock = threading.Lock()
        self._told = b""
        self._is_over = False
        self.theirs: list[int] = []
        """What goes to the template: the other ends of stderr, stdin, stdout and of what it tells."""

        self._files: list[IO[bytes]] = []
        try:
            stderr, stdin, stdout, self._status = map(self._pipe, ("rb", "wb", "rb", "rb"))
        except OSError:
            self.close()
            raise
        self.channel = Pipes(stdin, stdout, stderr)
        os.set_blocking(self._status.fileno(), False)

    @property
    def pid(self) -> int | None:
        """None before it is forked."""
        self._listen()
        first, _, _ = self._told.partition(b"\n")
        return int(first) if first else None

    @property
    def was_lost(self) -> bool:
        """It and the template are gone, and nobody said how."""
        self._listen()
        return self._is_over and self._status_told is None

    def kill(self) -> None:
        pid = self.pid
        if pid is not None and not self._is_settled and not self._kill(pid):
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)

    def wait(self, timeout: float) -> int:
        """The exit status as ``Popen`` gives it. Once told, nothing that the kernel started is left; UNKNOWN_END says
        nothing of that. Raises ``subprocess.TimeoutExpired``."""
        until = time.monotonic() + timeout
        poll = select.poll()
        if not self._status.closed:
            poll.register(self._status, select.POLLIN)
        while not self._is_settled:
            left_s = until - time.monotonic()
            if left_s < 0:
                raise subprocess.TimeoutExpired("kernel", timeout)
            poll.poll(left_s * 1000 + 1)
            self._listen()
        return UNKNOWN_END if self._status_told is None else self._status_told

    def encode(self, config: dict[str, Any]) -> bytes:
        return bundle.configuration(config)

    def close_theirs(self) -> None:
        while self.theirs:
            os.close(self.theirs.pop())

    def close(self) -> None:
        """Give back every descriptor; nothing more is heard of it."""
        self.close_theirs()
        with self._lock:
            self._is_over = True
            for file in self._files:
                with suppress(OSError):
                    file.close()

    def _pipe(self, mode: str) -> IO[bytes]:
        """Our end; theirs is kept."""
        read, write = os.pipe()
        ours, theirs = (write, read) if mode == "wb" else (read, write)
        self.theirs.append(theirs)
        self._files.append(os.fdopen(ours, mode, buffering=0))
        return self._files[-1]

    @property
    def _is_settled(self) -> bool:
        return self._is_over or self._status_told is not None

    @property
    def _status_told(self) -> int | None:
        lines = self._told.split(b"\n")
        return int(lines[1]) if len(lines) > 2 else None

    def _listen(self) -> None:
        with self._lock:
            while not self._is_over:
                try:
                    data = os.read(self._status.fileno(), 64)
                except BlockingIOError:
                    return
                self._told += data
                self._is_over = not data
