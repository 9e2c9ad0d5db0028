"""A kernel process as the worker holds it: two pipes, the tail of its stderr, and a way to end it."""

from __future__ import annotations

import errno
import math
import os
import select
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Any, Protocol

from ..kernel import bundle

STDERR_TAIL_CHARS = 8_000
STDERR_HEAD_CHARS = 1_000
"""A program that crashes may say why before it dumps its state."""

STALL_S = 60.0
"""A process that takes no byte for so long is given up."""


KILLED_S = 2.0


class ProcessGone(Exception):
    """The process took no more input: it ended, or was told to."""


class Started(Protocol):
    """A process with three pipes, however it was started; but for the last two as ``subprocess.Popen`` shows it."""

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None
    stderr: IO[bytes] | None

    @property
    def pid(self) -> int | None:
        """None as long as it is not known."""
        ...

    def kill(self) -> None: ...

    def wait(self, timeout: float) -> int: ...

    def encode(self, config: dict[str, Any]) -> bytes:
        """What it waits for on stdin."""
        ...

    def close(self) -> None:
        """Give back its descriptors."""
        ...


class Spawned(subprocess.Popen[bytes]):
    """A program of its own, in a session of its own; it is sent the kernel."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], cwd: str | None) -> None:
        """Raises OSError, and then leaves nothing behind."""
        pipe = subprocess.PIPE
        super().__init__(
            argv, stdin=pipe, stdout=pipe, stderr=pipe, env=dict(env), cwd=cwd, bufsize=0, start_new_session=True
        )

    def encode(self, config: dict[str, Any]) -> bytes:
        return bundle.payload(config)

    def close(self) -> None:
        for file in (self.stdin, self.stdout, self.stderr):
            with suppress(OSError):
                if file is not None:
                    file.close()


class KernelProcess:
    """Writes are cut short by ``hang_up`` from any thread; reads end when the process and all that holds its stdout is
    gone."""

    def __init__(self, started: Started) -> None:
        """Raises OSError, and then leaves nothing behind."""
        assert started.stdin and started.stdout and started.stderr
        self._started = started
        self._stdin, self._stdout, self._stderr = started.stdin, started.stdout, started.stderr
        self._wake: tuple[int, ...] = ()
        os.set_blocking(self._stdin.fileno(), False)
        self._lock = threading.RLock()
        self._loaded = False
        self._hung_up = threading.Event()
        self._tail = ""
        self._stderr_reader = threading.Thread(target=self._read_stderr, name="rlm-kernel-stderr", daemon=True)
        try:
            self._wake = os.pipe()
            self._stderr_reader.start()
        except (OSError, RuntimeError) as error:
            self._stdin.close()
            started.kill()
            self.wait(KILLED_S)
            self._close_files()
            raise error if isinstance(error, OSError) else OSError(errno.EAGAIN, str(error)) from None

    @property
    def pid(self) -> int | None:
        """None as long as it is not known."""
        return self._started.pid

    @property
    def hung_up(self) -> bool:
        """Nothing more can be written to it."""
        return self._hung_up.is_set()

    def write(self, data: bytes, deadline: float = math.inf) -> None:
        """Write all of it, in one piece between those of other threads.

        Raises ProcessGone, also at ``deadline`` (on the clock of ``time.monotonic``; only what a pipe takes at once is
        certain to be whole or not there then), and when nothing of it is taken for STALL_S.
        """
        if not self._lock.acquire(timeout=-1 if deadline == math.inf else max(0.0, deadline - time.monotonic())):
            raise ProcessGone
        try:
            self._write(memoryview(data), deadline)
        finally:
            self._lock.release()

    def _write(self, left: memoryview, deadline: float) -> None:
        stalled_at = time.monotonic() + STALL_S
        while left:
            now = time.monotonic()
            if now > stalled_at:
                self.hang_up()
            if self._hung_up.is_set() or now > deadline:
                raise ProcessGone
            try:
                left = left[os.write(self._stdin.fileno(), left) :]
                stalled_at = now + STALL_S
            except BlockingIOError:
                self._wait_writable(min(deadline, stalled_at))
            except OSError:
                raise ProcessGone from None

    def load(self, config: dict[str, Any], deadline: float) -> None:
        """Write what it waits for, unless it has it; before anything else. Raises as ``write`` does."""
        with self._lock:
            if not self._loaded:
                self._loaded = True
                self.write(self._started.encode(config), deadline)

    def read(self, limit: int) -> bytes:
        """Blocks; b"" at the end."""
        try:
            return os.read(self._stdout.fileno(), limit)
        except OSError:
            return b""

    def hang_up(self) -> None:
        """Close its stdin, which ends a kernel whatever it does. Returns at once; idempotent."""
        if self._hung_up.is_set():
            return
        self._hung_up.set()
        os.write(self._wake[1], b"x")
        with self._lock, suppress(OSError):
            self._stdin.close()

    def kill(self) -> None:
        self._started.kill()

    def wait(self, timeout_s: float) -> int | None:
        """The exit status, or None when it still runs."""
        try:
            return self._started.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    @property
    def said(self) -> str:
        """What it has said on stderr so far: of a container's client, for example, a limit that it cannot set."""
        return self._tail.strip()

    def stderr_tail(self) -> str:
        """What it last said, whole when the process has ended."""
        self._stderr_reader.join(timeout=1)
        return self._tail

    def release(self) -> None:
        """Give back the descriptors; the process has ended and nobody reads any more."""
        self._stderr_reader.join(timeout=1)
        self._close_files()

    def _close_files(self) -> None:
        self._started.close()
        for descriptor in self._wake:
            os.close(descriptor)
        self._wake = ()

    def _wait_writable(self, deadline: float) -> None:
        poll = select.poll()
        poll.register(self._stdin.fileno(), select.POLLOUT)
        poll.register(self._wake[0], select.POLLIN)
        poll.poll(max(0.0, deadline - time.monotonic()) * 1000 + 1)

    def _read_stderr(self) -> None:
        while data := self._stderr.read(1 << 16):
            self._tail += data.decode("utf-8", "replace")
            if len(self._tail) > STDERR_TAIL_CHARS + STDERR_HEAD_CHARS:
                self._tail = self._tail[:STDERR_HEAD_CHARS] + self._tail[-STDERR_TAIL_CHARS:]
