"""A kernel process as the worker holds it: what it is sent, what it says, and a way to end it."""

from __future__ import annotations

import errno
import math
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ..kernel import bundle
from .channel import Channel, Pipes
from .last_words import LastWords

STALL_S = 60.0
"""A process that takes no byte for so long is given up."""

KILLED_S = 2.0
LAST_WORDS_S = 1.0


class ProcessGone(Exception):
    """The process took no more input: it ended, or was told to."""


class Started(Protocol):
    """A process, however it was started; but for what goes to it and comes from it as ``subprocess.Popen`` shows it."""

    @property
    def channel(self) -> Channel: ...

    @property
    def pid(self) -> int | None:
        """None as long as it is not known, or when it is none of this machine's."""
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
        assert self.stdin and self.stdout and self.stderr
        self.channel = Pipes(self.stdin, self.stdout, self.stderr)

    def encode(self, config: dict[str, Any]) -> bytes:
        return bundle.payload(config)

    def close(self) -> None:
        self.channel.close()


class KernelProcess:
    """Writes are cut short by ``hang_up`` from any thread; reads end when the process and all that holds its stdout is
    gone."""

    def __init__(self, started: Started) -> None:
        """Raises OSError, and then leaves nothing behind."""
        self._started = started
        self._channel = started.channel
        self._wake: tuple[int, ...] = ()
        self._lock = threading.RLock()
        self._loaded = False
        self._hung_up = threading.Event()
        self._words = LastWords()
        try:
            self._wake = os.pipe()
            self._channel.hear(self._words.add)
        except (OSError, RuntimeError) as error:
            self._channel.end_input()
            started.kill()
            self.wait(KILLED_S)
            self._close_files()
            raise error if isinstance(error, OSError) else OSError(errno.EAGAIN, str(error)) from None

    @property
    def pid(self) -> int | None:
        """None as long as it is not known, or when it is none of this machine's."""
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
                left = left[self._channel.write(left) :]
                stalled_at = now + STALL_S
            except BlockingIOError:
                self._channel.wait_writable(self._wake[0], min(deadline, stalled_at) - time.monotonic())
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
            return self._channel.read(limit)
        except OSError:
            return b""

    def hang_up(self) -> None:
        """Close its stdin, which ends a kernel whatever it does. Returns at once; idempotent."""
        if self._hung_up.is_set():
            return
        self._hung_up.set()
        os.write(self._wake[1], b"x")
        with self._lock:
            self._channel.end_input()

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
        """What it has said on stderr so far: of a container's runtime, for example, a limit that it cannot set."""
        return str(self._words).strip()

    def stderr_tail(self) -> str:
        """What it last said, whole when the process has ended."""
        self._channel.hear_out(LAST_WORDS_S)
        return str(self._words)

    def release(self) -> None:
        """Give back the descriptors; the process has ended and nobody reads any more."""
        self._channel.hear_out(LAST_WORDS_S)
        self._close_files()

    def _close_files(self) -> None:
        self._started.close()
        for descriptor in self._wake:
            os.close(descriptor)
        self._wake = ()
