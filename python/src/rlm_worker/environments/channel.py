"""What goes to a kernel and what comes from it, whatever lies between."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Protocol


class Channel(Protocol):
    """One thread reads; writes are for its holder to put in order."""

    def write(self, data: memoryview) -> int:
        """How much was taken at once. Raises BlockingIOError when that is nothing, and OSError when it never will be
        more."""
        ...

    def wait_writable(self, wake: int, timeout_s: float) -> None:
        """Until more may be taken, the descriptor ``wake`` can be read, or the time is up."""
        ...

    def end_input(self) -> None:
        """Nothing more is written. Returns at once; idempotent."""
        ...

    def read(self, limit: int) -> bytes:
        """Blocks; b"" at the end. Raises OSError."""
        ...

    def hear(self, said: Callable[[bytes], None]) -> None:
        """What is said on stderr goes to ``said`` from now on. Raises OSError and RuntimeError."""
        ...

    def hear_out(self, timeout_s: float) -> None:
        """Wait for the last words of a process that has ended."""
        ...

    def close(self) -> None:
        """Give back the descriptors."""
        ...


class Pipes:
    """Those of a process of this machine."""

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes], stderr: IO[bytes]) -> None:
        self._stdin, self._stdout, self._stderr = stdin, stdout, stderr
        self._listener: threading.Thread | None = None
        os.set_blocking(stdin.fileno(), False)

    def write(self, data: memoryview) -> int:
        return os.write(self._stdin.fileno(), data)

    def wait_writable(self, wake: int, timeout_s: float) -> None:
        wait_writable(self._stdin.fileno(), wake, timeout_s)

    def end_input(self) -> None:
        with suppress(OSError):
            self._stdin.close()

    def read(self, limit: int) -> bytes:
        return os.read(self._stdout.fileno(), limit)

    def hear(self, said: Callable[[bytes], None]) -> None:
        def listen() -> None:
            while data := self._stderr.read(1 << 16):
                said(data)

        listener = threading.Thread(target=listen, name="rlm-kernel-stderr", daemon=True)
        listener.start()
        self._listener = listener

    def hear_out(self, timeout_s: float) -> None:
        if self._listener is not None:
            self._listener.join(timeout_s)

    def close(self) -> None:
        for file in (self._stdin, self._stdout, self._stderr):
            with suppress(OSError):
                file.close()


def wait_writable(descriptor: int, wake: int, timeout_s: float) -> None:
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    poll.register(wake, select.POLLIN)
    poll.poll(max(0.0, timeout_s) * 1000 + 1)
