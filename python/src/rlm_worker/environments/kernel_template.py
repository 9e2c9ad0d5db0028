"""The process that local kernels are forked from: it has their program loaded and has run nothing of anybody's.

A kernel costs a fork and not a start of Python, and shares the pages of the program with all others. What is of one
kernel comes to it after the fork. Linux only: elsewhere a fork of a process that has loaded things is not sound, and no
process can be made the one that orphans come to.
"""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from ..cancel import StopSignal
from ..kernel import bundle
from ..kernel.codec import encode
from .fork import Fork

MARK: Final = "RLM_BRIDGE_KERNEL"
"""Set for every process of a local kernel, to a name of that kernel's own."""

NO_MARK: Final = "0" * 32
PATIENCE_S: Final = 10.0
"""For a template to take a request: it may be starting, or have hundreds before it."""

ASK_AGAIN_S: Final = 0.02
CLOSE_GRACE_S: Final = 2.0
_FULL: Final = (errno.EAGAIN, errno.ETOOMANYREFS)


class TemplateGone(Exception):
    """It has ended, or takes no requests."""


class KernelTemplate:
    """One such process. Requests may come from any thread, and are answered in the order of their arrival."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Raises OSError, and then leaves nothing behind."""
        program = os.memfd_create("rlm-kernel")
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(ASK_AGAIN_S)
        config = {"control": theirs.fileno(), "markName": MARK}
        try:
            with open(program, "wb", buffering=0) as file, theirs:
                file.write(bundle.payload(config, bundle.TEMPLATE_MODULES))
                file.seek(0)
                self._process = subprocess.Popen(
                    [sys.executable, *bundle.arguments()],
                    stdin=file,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={**environment, "HOME": "/", MARK: NO_MARK, **bundle.HASH_SEED},
                    cwd="/",
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
        except OSError:
            self._control.close()
            raise

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def fork(self, folder: str, mark: str, environment: Mapping[str, str], stop: StopSignal) -> Fork:
        """A kernel in ``folder``, with ``environment`` besides the template's. Returns at once: that it could not be
        made is told on its stderr. Raises TemplateGone, RunStopped, and OSError when there are no descriptors."""
        request = {"folder": folder, "mark": mark, "environment": dict(environment)}
        fork = Fork(self.kill)
        try:
            self._send(request, fork.theirs, stop)
        except BaseException:
            fork.close()
            raise
        finally:
            fork.close_theirs()
        return fork

    def kill(self, pid: int) -> bool:
        """A kernel, unless it has ended. False when the template is gone: who it is then is not known for certain."""
        try:
            self._control.send(encode({"kill": pid}))
        except OSError:
            return False
        return True

    def retire(self) -> None:
        """It takes no more requests, and ends with the last of its kernels."""
        self._control.close()

    def wait(self, timeout_s: float) -> None:
        """After ``retire``; what is not over by then ends by itself."""
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return

    def _send(self, request: dict[str, Any], descriptors: Sequence[int], stop: StopSignal) -> None:
        until = time.monotonic() + PATIENCE_S
        while True:
            stop.raise_if_stopped()
            try:
                socket.send_fds(self._control, [encode(request)], descriptors)
                return
            except OSError as error:
                is_full = isinstance(error, TimeoutError) or error.errno in _FULL
                if not is_full or time.monotonic() > until:
                    raise TemplateGone from None
            time.sleep(ASK_AGAIN_S)


class KernelTemplates:
    """The template of this worker, started with its first local kernel, and anew when it is gone or the environment
    has changed. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current: tuple[object, KernelTemplate] | None = None
        self._retired: list[KernelTemplate] = []

    def get(self, environment: Mapping[str, str]) -> KernelTemplate | None:
        """None where kernels are not forked. Raises OSError when it cannot be started."""
        if not can_fork():
            return None
        key = (sys.executable, dict(environment))
        with self._lock:
            if self._current is not None and self._current[0] == key and self._current[1].is_alive:
                return self._current[1]
            self._retire()
            self._current = (key, KernelTemplate(environment))
            return self._current[1]

    def close(self) -> None:
        """The next local kernel starts another. Waits a moment for the end of what is retired."""
        with self._lock:
            self._retire()
            retired, self._retired = self._retired, []
        until = time.monotonic() + CLOSE_GRACE_S
        for template in retired:
            template.wait(max(0.0, until - time.monotonic()))

    def _retire(self) -> None:
        if self._current is not None:
            self._current[1].retire()
            self._retired.append(self._current[1])
            self._current = None
        self._retired = [template for template in self._retired if template.is_alive]


@cache
def can_fork() -> bool:
    """Whether this machine has what a template needs to know its kernels and what they leave."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
        return os.path.exists(f"/proc/self/task/{os.getpid()}/children")
    except OSError:
        return False


@cache
def kernel_templates() -> KernelTemplates:
    return KernelTemplates()
