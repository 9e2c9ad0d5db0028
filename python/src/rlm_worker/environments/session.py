"""One kernel from start to end: launched, asked, answered, and never waited for in vain."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any, Protocol

from ..cancel import RunStopped, StopSignal
from ..errors import EnvironmentFailure
from ..kernel.frames import FrameTooLarge, json_frame
from .connection import Connection
from .launcher import Launcher, program
from .process import KernelProcess, ProcessGone

log = logging.getLogger("rlm_worker.environments")

MAX_LAUNCHES = 4
READER_GRACE_S = 2.0
DRAFT_GRACE_S = 0.1
"""How long a stopped code block may take to say what its answer is so far."""


class SessionListener(Protocol):
    """Called from the reader thread, in order; must not block for long."""

    def on_output(self, stream: str, text: str) -> None: ...
    def on_request(self, request: dict[str, Any]) -> None: ...
    def on_lost(self, reason: str) -> None: ...
    def on_draft(self, content: str | None) -> None: ...


class KernelSession:
    """``configure`` is the first message; the supervisor keeps it for every interpreter it starts.

    A stop of the run ends the kernel, unless it is ``lasting``: then it is there for another run, by ``resume``.
    One thread asks at a time (``send``, ``wait_for``); ``reply`` and ``fail`` may come from any thread.
    """

    def __init__(
        self,
        launcher: Launcher,
        stop: StopSignal,
        configure: dict[str, Any],
        listener: SessionListener,
        capture_chars: int,
    ) -> None:
        self.life = 0
        self.lasting = False
        self._launcher = launcher
        self._stop = stop
        self._configure = configure
        self._listener = listener
        self._capture_chars = capture_chars
        self._ids = count(1)
        self._condition = threading.Condition()
        self._inbox: deque[dict[str, Any]] = deque()
        self._failure: BaseException | None = None
        self._ended: str | None = None
        self._process: KernelProcess | None = None
        self._connection: Connection | None = None
        self._forget_stop: Callable[[], None] = lambda: None
        self._closed = False
        self._waiting = False
        self._interrupted: int | None = None

    def next_id(self) -> int:
        return next(self._ids)

    def start(self, timeout_s: float) -> None:
        """Raises EnvironmentFailure and RunStopped."""
        self._forget_stop = self._stop.on_stop(self._on_stop)
        for _ in range(MAX_LAUNCHES):
            self._stop.raise_if_stopped()
            deadline = time.monotonic() + timeout_s
            process = self._open(deadline)
            left_s = max(0.0, deadline - time.monotonic())
            started = self._take(lambda message: message["type"] == "started", left_s)
            if started is not None:
                if started["problem"] is not None:
                    raise EnvironmentFailure("environment_start_failed", started["problem"])
                if process.said:
                    log.warning("the REPL started, with the words: %s", process.said)
                return
            if self._ended is None:
                message = f"the REPL did not start within {timeout_s:g} s (environmentOptions.startTimeoutMs)"
                raise EnvironmentFailure("environment_start_failed", message)
            self._drop_process()
            self._launcher.recover(process, self._stop)
        raise EnvironmentFailure("environment_start_failed", f"the REPL did not start in {MAX_LAUNCHES} attempts")

    def send(self, message: dict[str, Any]) -> None:
        """Raises RunStopped, and EnvironmentFailure when the kernel is gone."""
        self._write(lambda connection: connection.send(message))

    def send_bytes(self, data: bytes) -> None:
        self._write(lambda connection: connection.send_bytes(data))

    def reply(self, request: int, results: list[Any]) -> None:
        """Results of a sub-call or a tool; a kernel that is gone does not want them any more."""
        connection = self._connection
        if connection is None:
            return
        with suppress(ProcessGone):
            try:
                connection.send({"type": "reply", "id": request, "results": results})
            except FrameTooLarge as error:
                refused = [f"Error: the results of one call are too large ({error})"] * len(results)
                connection.send({"type": "reply", "id": request, "results": refused})

    def wait_for(self, identity: int) -> dict[str, Any]:
        """The next message about one load or code block. Raises as ``send`` does, and what ``fail`` was given."""
        self._waiting = True
        try:
            message = self._take(lambda message: message.get("id") == identity, None)
        except RunStopped:
            self._ask_for_draft()
            self._hang_up()
            raise
        finally:
            self._waiting = False
        if message is None:
            raise self._gone()
        return message

    def interrupt(self, block: int) -> None:
        """End a code block that nobody waits for any more; ``resume`` waits for its end."""
        self._interrupted = block
        self._send_by(time.monotonic() + DRAFT_GRACE_S, {"type": "interrupt", "id": block})

    def resume(self, stop: StopSignal) -> None:
        """Another run takes over, with a stop signal of its own. Returns once the block that ``interrupt`` ended is
        over and the interpreter has answered. Raises EnvironmentFailure and RunStopped."""
        self._forget_stop()
        self._stop, self._failure = stop, None
        self._forget_stop = stop.on_stop(self._on_stop)
        if self._interrupted is not None:
            self.interrupt(self._interrupted)  # the pipe may have been full
            self.wait_for(self._interrupted)
            self._interrupted = None
        identity = self.next_id()
        self.send({"type": "peek_answer", "id": identity})
        if self._take(lambda message: message.get("id") == identity or message["type"] == "lost", None) is None:
            raise self._gone()

    def pause(self) -> None:
        """The run is over; the kernel stays for the next."""
        self._forget_stop()

    def fail(self, error: BaseException) -> None:
        """Make the waiting thread raise ``error``: a run that must end was noticed elsewhere."""
        with self._condition:
            self._failure = self._failure or error
            self._condition.notify_all()

    def close(self) -> None:
        """Nothing of the kernel is left when this returns. Idempotent."""
        if self._closed:
            return
        self._closed = True
        self._forget_stop()
        self._drop_process()
        self._launcher.close()

    def _open(self, deadline: float) -> KernelProcess:
        with self._condition:
            self._inbox.clear()
            self._ended = None
        process = self._process = self._launcher.launch(self._stop)
        connection = self._connection = Connection(process)
        connection.open(self._on_message, self._on_end)
        with suppress(ProcessGone):
            process.load(program(self._launcher, self._capture_chars), deadline)
            connection.send(self._configure)
        if self._stop.stopped:
            process.hang_up()
        return process

    def _drop_process(self) -> None:
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if process is None or connection is None:
            return
        process.hang_up()
        self._launcher.end(process)
        connection.join(READER_GRACE_S)
        process.release()

    def _write(self, write: Callable[[Connection], None]) -> None:
        self._stop.raise_if_stopped()
        if self._connection is None:
            raise self._gone()
        try:
            write(self._connection)
        except ProcessGone:
            self._stop.raise_if_stopped()
            raise self._gone() from None

    def _take(self, wanted: Callable[[dict[str, Any]], bool], timeout_s: float | None) -> dict[str, Any] | None:
        """None when the kernel ended, or the time is up."""

        def settled() -> bool:
            return bool(self._inbox or self._failure or self._ended is not None or self._stop.stopped)

        with self._condition:
            while True:
                in_time = self._condition.wait_for(settled, timeout_s)
                self._stop.raise_if_stopped()
                if self._failure is not None:
                    raise self._failure
                while self._inbox:
                    message = self._inbox.popleft()
                    if wanted(message):
                        return message
                if self._ended is not None or not in_time:
                    return None

    def _ask_for_draft(self) -> None:
        """The answer so far of a block about to be ended. A kernel that is slow to say it is not waited for."""
        identity, until = self.next_id(), time.monotonic() + DRAFT_GRACE_S
        self._send_by(until, {"type": "peek_answer", "id": identity})

        def draft() -> dict[str, Any] | None:
            return next((message for message in self._inbox if message.get("id") == identity), None)

        with self._condition:
            left_s = max(0.0, until - time.monotonic())
            self._condition.wait_for(lambda: draft() is not None or self._ended is not None, left_s)
            found = draft()
        if found is not None:
            self._listener.on_draft(found["content"])

    def _send_by(self, deadline: float, message: dict[str, Any]) -> None:
        """As far as the kernel takes it by then; also when the run is stopped."""
        process = self._process
        if process is not None:
            with suppress(ProcessGone):
                process.write(json_frame(message), deadline)

    def _gone(self) -> EnvironmentFailure:
        reason = self._ended or "it takes no more input"
        tail = self._process.stderr_tail().strip() if self._process else ""
        message = f"the REPL is gone: {reason}" + (f"; its last words: {tail[-1000:]}" if tail else "")
        return EnvironmentFailure("environment_died", message)

    def _on_stop(self) -> None:
        if not self._waiting:  # who waits asks for a last word, and hangs up then
            self._hang_up()
        with self._condition:
            self._condition.notify_all()

    def _hang_up(self) -> None:
        process = self._process
        if process is not None and not self.lasting:
            process.hang_up()

    def _on_message(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "output":
            self._listener.on_output(message["stream"], message["text"])
        elif kind in ("request", "tool_call"):
            self._listener.on_request(message)
        else:
            if kind == "lost":
                self.life = message["life"]
                self._listener.on_lost(message["reason"])
            with self._condition:
                if kind == "fatal":
                    self._ended = message["reason"]
                else:
                    self._inbox.append(message)
                self._condition.notify_all()

    def _on_end(self, reason: str) -> None:
        with self._condition:
            self._ended = self._ended or reason
            self._condition.notify_all()
