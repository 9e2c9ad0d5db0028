"""The template of local kernels, as a worker asks it for them: one that its own template of workers keeps for all of
them, or one that it started."""

from __future__ import annotations

import errno
import select
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from ..cancel import StopSignal
from ..kernel.codec import encode
from .fork import Fork
from .template_process import ASK_AGAIN_S, TemplateProcess, can_fork

PATIENCE_S: Final = 10.0
"""For a template to take a request: it may be starting, or have hundreds before it."""

CLOSE_GRACE_S: Final = 2.0
_FULL: Final = (errno.EAGAIN, errno.ETOOMANYREFS)


class TemplateGone(Exception):
    """It has ended, or takes no requests."""


class KernelTemplate:
    """Requests may come from any thread, and are answered in the order of their arrival."""

    def __init__(self, control: socket.socket, process: TemplateProcess | None = None) -> None:
        """``process``: None for one that another process started."""
        self._control = control
        self.process = process

    @property
    def is_alive(self) -> bool:
        """It has not closed its end: it is there, or not yet."""
        return not self._poll(0.0)

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
        """It takes no more requests of this process, and lets go of it with the last of its kernels."""
        self._control.shutdown(socket.SHUT_WR)

    def wait(self, timeout_s: float) -> None:
        """After ``retire``, for the end of its kernels; what is not over by then ends by itself."""
        until = time.monotonic() + timeout_s
        if self._poll(timeout_s) and self.process is not None:
            self.process.wait(max(0.0, until - time.monotonic()))
        self._control.close()

    def _poll(self, timeout_s: float) -> bool:
        """Whether it has closed its end by then."""
        poll = select.poll()
        poll.register(self._control, 0)
        return bool(poll.poll(timeout_s * 1000))

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
    """The template of this worker: the one it was forked with a socket of, or one that is started with its first local
    kernel; and anew when it is gone or the environment has changed. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current: tuple[object, KernelTemplate] | None = None
        self._retired: list[KernelTemplate] = []

    def adopt(self, control: socket.socket, environment: Mapping[str, str]) -> None:
        """A template that another process started with ``environment``."""
        self._current = (_key(environment), KernelTemplate(control))

    def get(self, environment: Mapping[str, str]) -> KernelTemplate | None:
        """None where kernels are not forked. Raises OSError when it cannot be started."""
        if not can_fork():
            return None
        key = _key(environment)
        with self._lock:
            if self._current is not None and self._current[0] == key and self._current[1].is_alive:
                return self._current[1]
            self._retire()
            process = TemplateProcess(environment)
            self._current = (key, KernelTemplate(process.control, process))
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
        gone = [template for template in self._retired if not template.is_alive]
        for template in gone:
            template.wait(0.0)
            self._retired.remove(template)


def _key(environment: Mapping[str, str]) -> object:
    return (sys.executable, dict(environment))


@cache
def kernel_templates() -> KernelTemplates:
    return KernelTemplates()
