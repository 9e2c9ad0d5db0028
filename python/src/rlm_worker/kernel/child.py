"""Forking the interpreter, and what the supervisor holds of it."""

from __future__ import annotations

import os
import resource
import signal
import sys
from _socket import socketpair  # those of ``socket`` are wrapped: a tenth of what an interpreter takes to start
from collections.abc import Callable
from os import _exit
from typing import Any

from .confinement import confine
from .frames import FrameBuffer
from .interpreter import Interpreter
from .output import Capture
from .pipes import Outbox, take_places
from .processes import fork, prepare_interpreter
from .system_calls import refuse_system_calls

_LIMITS = {
    "addressSpaceBytes": "RLIMIT_AS",
    "fileBytes": "RLIMIT_FSIZE",
    "openFiles": "RLIMIT_NOFILE",
    "cpuSeconds": "RLIMIT_CPU",
}


class Child:
    """A running interpreter: its process, its channel and its two output pipes."""

    def __init__(self, config: dict[str, Any]) -> None:
        ours, theirs = socketpair()
        out_read, out_write = os.pipe()
        err_read, err_write = os.pipe()
        supervisor = os.getpid()
        self.pid = fork()
        if self.pid == 0:
            _become_interpreter(config, supervisor, theirs.detach(), out_write, err_write)
        theirs.close()
        os.close(out_write)
        os.close(err_write)
        ours.setblocking(False)
        os.set_blocking(out_read, False)
        os.set_blocking(err_read, False)
        self.channel = ours.detach()
        self.frames = FrameBuffer(raw_allowed=False)
        self.outbox = Outbox(self.channel)
        cap = config["captureChars"]
        self.captures = (Capture("stdout", out_read, cap), Capture("stderr", err_read, cap))

    def close(self) -> None:
        for descriptor in (self.channel, *(capture.fd for capture in self.captures)):
            os.close(descriptor)


def forget_modules(package: str | None) -> None:
    """Model code is to find nothing of the kernel. ``None``: they are forgotten, as they are by a template."""
    if package is None:
        return
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        del sys.modules[name]


def _become_interpreter(config: dict[str, Any], supervisor: int, channel: int, stdout: int, stderr: int) -> None:
    """Never returns. Every descriptor and handler of the supervisor is left behind before any model code runs."""
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        take_places(os.open(os.devnull, os.O_RDONLY), stdout, stderr, channel)
        _apply_limits(config["limits"])
        prepare_interpreter(supervisor)
        if config["refuseSystemCalls"]:
            refuse_system_calls()
        if config["confinement"] is not None:
            confine(config["confinement"], config["scratch"])
        interpreter: Callable[[], Any] = Interpreter(3, config["scratch"]).run
        forget_modules(config.get("package"))
        interpreter()
    except BaseException as error:
        os.write(2, f"\nthe interpreter failed: {type(error).__name__}: {error}\n".encode("utf-8", "replace"))
    finally:
        _exit(1)


def _apply_limits(limits: dict[str, int]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name, value in limits.items():
        kind = getattr(resource, _LIMITS[name])
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
