"""The worker's own descriptors: the wire on 0 and 1, the secrets channel on 3, taken before any other import.

Nothing that rlms, a library or model code prints can reach the wire: after ``claim`` descriptor 0 is the null device,
descriptor 1 is stderr, and the private duplicates are not inherited by children.
"""

from __future__ import annotations

import fcntl
import os
import select
import sys
from collections.abc import Iterator
from typing import NamedTuple

from .._generated.backends import BACKENDS

SECRETS_DESCRIPTOR = 3
READ_BYTES = 1 << 16
PR_SET_DUMPABLE = 4
PR_SET_NAME = 15

PROVIDER_KEYS = tuple(name for facts in BACKENDS.values() for name in (*facts.keys, *facts.sdk_keys))
"""Variables that hold a key. Keys come by the secrets channel alone."""


class LineTooLong(Exception):
    """A line passed the cap; the rest of it was skipped."""


class Descriptors(NamedTuple):
    """Private duplicates. ``secrets`` is None when the host opened no descriptor 3."""

    wire_in: int
    wire_out: int
    secrets: int | None


def claim() -> Descriptors:
    """Take the descriptors, and shut model code of the same user out of this process's memory and environment."""
    wire_in, wire_out = _private(0), _private(1)
    try:
        secrets = _private(SECRETS_DESCRIPTOR)
        os.close(SECRETS_DESCRIPTOR)
    except OSError:
        secrets = None
    shut_out()
    name_process("rlm-worker")
    return Descriptors(wire_in, wire_out, secrets)


def shut_out() -> None:
    """Leave nothing on descriptors 0 and 1 that a print could reach, nor a key in the environment, and hide."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    hide_process()
    # The official library loads a .env file found above its own package.
    os.environ["PYTHON_DOTENV_DISABLED"] = "1"
    for name in PROVIDER_KEYS:
        os.environ.pop(name, None)


def _private(descriptor: int) -> int:
    """A close-on-exec duplicate above the standard descriptors."""
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)


def hide_process() -> None:
    """Shut other processes of the same user out of this one's memory, environment and descriptors (Linux)."""
    # Without it any process of the same user reads /proc/<worker>/environ, mem and fd.
    _set_process(PR_SET_DUMPABLE, 0)


def name_process(name: str) -> None:
    """As ``ps`` and ``top`` show it (Linux). At most 15 characters."""
    _set_process(PR_SET_NAME, name.encode())


def _set_process(option: int, value: int | bytes) -> None:
    if sys.platform != "linux":
        return
    import ctypes

    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option})")


class LineReader:
    """Lines of at most ``max_bytes`` bytes from a descriptor, until its end or until ``interrupt`` becomes readable.

    ``signals``: where ``signal.set_wakeup_fd`` tells of one. The system may give it to any thread, and Python's handler
    runs in the main thread, which would sleep on here.
    """

    def __init__(
        self, descriptor: int, max_bytes: int, interrupt: int | None = None, signals: int | None = None
    ) -> None:
        self._descriptor = descriptor
        self._max_bytes = max_bytes
        self._signals = signals
        self._watched = [fd for fd in (descriptor, interrupt, signals) if fd is not None]
        self._pending = bytearray()

    def __iter__(self) -> Iterator[bytes | LineTooLong]:
        """Yields each finished line without its newline, or one LineTooLong in place of a line over the cap."""
        skipping = False
        while chunk := self._read():
            start = 0
            while (end := chunk.find(b"\n", start)) != -1:
                self._pending += chunk[start:end]
                start = end + 1
                line, self._pending = bytes(self._pending), bytearray()
                if skipping:
                    skipping = False
                elif len(line) > self._max_bytes:
                    yield self._too_long()
                else:
                    yield line
            if skipping:
                continue
            self._pending += chunk[start:]
            if len(self._pending) > self._max_bytes:
                self._pending.clear()
                skipping = True
                yield self._too_long()

    def _read(self) -> bytes:
        readable = select.select(self._watched, [], [])[0]
        while self._signals is not None and self._signals in readable:
            os.read(self._signals, READ_BYTES)  # by now their handlers have run
            readable = select.select(self._watched, [], [])[0]
        return os.read(self._descriptor, READ_BYTES) if readable == [self._descriptor] else b""

    def _too_long(self) -> LineTooLong:
        return LineTooLong(f"A line is longer than {self._max_bytes} bytes. Contexts travel by file, never in a line.")
