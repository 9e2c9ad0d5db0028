"""A container as the process that it is for the worker: made, attached to and started over the Engine's socket."""

from __future__ import annotations

import errno
import subprocess
import threading
import time
from typing import Any, Final

from ...kernel import bundle
from .asked import noted
from .container_stream import ContainerStream
from .engine import Engine, EngineGone, EngineTimeout, EngineUnreachable, Reply

NOT_MADE: Final = 125
"""There is no container; the ``docker`` command ends so, too."""
UNKNOWN: Final = -1
"""There may be one, or be one later."""
NO_SUCH: Final = 404
IN_PROGRESS: Final = 409
LEAST_TIMEOUT_S: Final = 0.01


class AttachedContainer:
    """It ends with its input, which ends with this process or ``channel.end_input``, and the daemon removes it then."""

    pid: int | None = None

    def __init__(self, path: str, name: str, request: dict[str, Any]) -> None:
        """Returns at once. Raises OSError, and then there is no container."""
        self.channel = ContainerStream()
        self.unreachable: str | None = None
        """Why nothing was asked: nobody is there, or somebody else."""
        self._path, self._name, self._request = path, name, request
        self._engine: Engine | None = None
        self._status: int | None = None
        self._is_killed = False
        self._starter = threading.Thread(target=self._start, name="rlm-container-start", daemon=True)
        try:
            self._starter.start()
        except RuntimeError as error:
            raise OSError(errno.EAGAIN, str(error)) from None

    def encode(self, config: dict[str, Any]) -> bytes:
        return bundle.payload(config)

    def kill(self) -> None:
        """Nothing more is heard of it; ``wait`` removes it."""
        self._is_killed = True
        self.channel.cut()
        engine = self._engine
        if engine is not None:
            engine.cut()

    def wait(self, timeout: float) -> int:
        """Returns once the container is gone: with its exit status, NOT_MADE, or below zero when that is not certain.
        Raises ``subprocess.TimeoutExpired``."""
        until = time.monotonic() + timeout
        self._starter.join(timeout)
        if self._starter.is_alive():
            raise subprocess.TimeoutExpired(self._name, timeout)
        if self._status is None:
            try:
                self._status = self._wait_removed(max(LEAST_TIMEOUT_S, until - time.monotonic()))
            except EngineTimeout:
                raise subprocess.TimeoutExpired(self._name, timeout) from None
        return self._status

    def close(self) -> None:
        self.channel.close()

    def _start(self) -> None:
        try:
            with Engine(self._path) as engine:
                self._engine = engine
                self._status = UNKNOWN
                self._status = self._make(engine)
        except EngineUnreachable as error:
            self._status, self.unreachable = NOT_MADE, str(error)
        except (EngineGone, EngineTimeout) as error:
            self._status = NOT_MADE if self._status is None else UNKNOWN
            self.channel.say(f"docker: the daemon hung up ({error}). Is the docker daemon running?\n")
        except OSError as error:
            self._status = NOT_MADE
            self.channel.say(f"the temporary folder cannot be written: {error.strerror}; free space, or set TMPDIR\n")
        finally:
            self._engine = None
            if self._status is None:
                self.channel.begin()
            else:
                self.channel.cut()

    def _make(self, engine: Engine) -> int | None:
        """None when it runs."""
        with noted(self._name, self._request["Image"]):
            made = engine.create(self._name, without_network(self._request, engine))
        if not made.is_success:
            self._complain(made)
            return NOT_MADE
        for warning in made.content.get("Warnings") or ():
            self.channel.say(f"WARNING: {warning}\n")
        return None if self._begin(engine) else _removed(engine, self._name)

    def _begin(self, engine: Engine) -> bool:
        """Whether it runs; nobody wants one whose input has ended."""
        if self.channel.input_is_over:
            return False
        with Engine(self._path) as other:
            stream = other.attach(self._name)
        if isinstance(stream, Reply):
            self._complain(stream)
            return False
        self.channel.connect(stream)
        if self.channel.input_is_over:
            return False
        started = engine.start(self._name)
        if not started.is_success:
            self._complain(started)
        return started.is_success

    def _complain(self, reply: Reply) -> None:
        self.channel.say(f"docker: Error response from daemon: {reply.problem}\n")

    def _wait_removed(self, timeout_s: float) -> int:
        """A daemon that is gone has lost the connection to the container, which is the container's end."""
        try:
            with Engine(self._path, timeout_s) as engine:
                if self._is_killed:
                    return _removed(engine, self._name)
                return _status(engine.wait_removed(self._name))
        except (EngineUnreachable, EngineGone):
            return NOT_MADE


def without_network(request: dict[str, Any], engine: Engine) -> dict[str, Any]:
    """An older Docker takes as long to prepare that there is no network as for all the rest of a start: one that has
    networking off need not. The container has a namespace of its own either way, and nothing but loopback in it. What
    another OCI runtime makes of it is not known."""
    if engine.sets_networks_by_a_program and "Runtime" not in request["HostConfig"]:
        return {**request, "NetworkDisabled": True}
    return request


def _removed(engine: Engine, name: str) -> int:
    """By force."""
    removed = engine.remove(name)
    if removed.status == IN_PROGRESS:
        return _status(engine.wait_removed(name))
    return NOT_MADE if removed.is_success or removed.status == NO_SUCH else UNKNOWN


def _status(gone: Reply) -> int:
    if gone.status == NO_SUCH:
        return 0
    return int(gone.content["StatusCode"]) if gone.is_success and not gone.content.get("Error") else UNKNOWN
