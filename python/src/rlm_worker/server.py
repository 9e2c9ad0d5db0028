"""The worker's main thread: host lines in, runs in threads of their own, and an end that nothing can hang.

In a process that was started pydantic and the official library are imported after ``worker.ready``: they take longer
than everything before it.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict, cast

from ._generated.constants import MAX_LINE_BYTES, PROTOCOL_VERSION
from .wire.line_writer import LineWriter
from .wire.secrets_channel import SecretsChannel
from .wire.stdio import Descriptors, LineReader, LineTooLong
from .wire.temporary_folder import TemporaryFolder

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from ._generated.messages import AnswerResult, HostMessage, JournalResult, ModelResult, RunStart, ToolResult
    from ._generated.outgoing import (
        Pong,
        ProtocolErrorCode,
        ProtocolErrorMessage,
        SessionClosed,
        WorkerDraining,
        WorkerReady,
    )
    from .run.runs import Runs
    from .run.session import Session

EXIT_SECONDS = 2.0
"""From the end of the host, or its shutdown, to the end of this process, whatever hangs."""

LINGER_SECONDS = 10.0
"""How long a process that is drained stays for a host that says nothing: what it knew late, it may still send."""

REPLY_TYPES = ("tool.result", "model.result", "answer.result", "journal.result")
HOST_TYPES = ("run.start", "run.cancel", "session.close", "shutdown", "ping", *REPLY_TYPES)


class Versions(TypedDict):
    """What ``worker.ready`` says of this process."""

    workerVersion: str
    rlmsVersion: str
    promptsVersion: int
    pythonVersion: str
    priceTable: str


class InvalidLine(Exception):
    """A line the worker cannot take. ``run_id``: the run it is about, where that can be read."""

    def __init__(self, code: ProtocolErrorCode, message: str, run_id: str | None = None) -> None:
        super().__init__(message)
        self.code: ProtocolErrorCode = code
        self.message = message
        self.run_id = run_id


class Server:
    """Serves one host until it shuts the worker down or goes away.

    Runs share the process and nothing else. A session, and an environment that runs code in this process, share it
    with no other run.
    """

    def __init__(self, descriptors: Descriptors, versions: Versions, folder: TemporaryFolder) -> None:
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_writer, False)
        signals, self._signal_writer = os.pipe()
        os.set_blocking(self._signal_writer, False)
        self._reader = LineReader(descriptors.wire_in, MAX_LINE_BYTES, self._wake_reader, signals)
        self._writer = LineWriter(descriptors.wire_out, self._wake)
        self._secrets = SecretsChannel(descriptors.secrets)
        self._versions = versions
        self._folder = folder
        self._runs: Runs | None = None
        self._session: Session | None = None
        self._closing = False
        self._lock = threading.Lock()
        self._ending = "The host has gone."
        self._heard_at = time.monotonic()

    def serve(self) -> None:
        """Returns when the worker is to exit, its run stopped."""
        signal.set_wakeup_fd(self._signal_writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, lambda _signal, _frame: self._wake())
        # Ctrl-C in a terminal reaches the whole group; the host decides. A handler, as children would inherit SIG_IGN.
        signal.signal(signal.SIGINT, lambda _signal, _frame: None)
        self._send({"type": "worker.ready", "protocolVersion": PROTOCOL_VERSION, **self._versions, "pid": os.getpid()})
        with suppress(RuntimeError):  # no threads left: a later worker removes them
            threading.Thread(target=self._folder.remove_abandoned, daemon=True).start()
        for line in self._reader:
            self._heard_at = time.monotonic()
            try:
                if not self._take(_parsed(line)):
                    break
            except InvalidLine as invalid:
                self._send(
                    {"type": "protocol.error", "id": invalid.run_id, "code": invalid.code, "message": invalid.message}
                )
        self._end()

    def _take(self, message: HostMessage) -> bool:
        """Act on a message; False when it ends the worker."""
        from ._generated.messages import AnswerResult, JournalResult, ModelResult, ToolResult

        if message.type == "ping":
            self._send({"type": "pong", "requestId": message.request_id})
        elif message.type == "run.start":
            self._start(message)
        elif message.type == "run.cancel":
            self._cancel(message.id)
        elif message.type == "session.close":
            self._close_session(message.id)
        elif isinstance(message, ToolResult | ModelResult | AnswerResult | JournalResult):
            self._deliver(message)
        else:
            self._ending = "The host shut the worker down."
            return False
        return True

    def _start(self, message: RunStart) -> None:
        from .run.run import Run
        from .run.runs import Runs

        runs = self._runs = self._runs or Runs(self._drain, self._linger)
        with self._lock:
            refusal = runs.refusal(message.id, message.spec)
            if refusal is not None:
                raise InvalidLine("run_in_progress", refusal, message.id)
            session = self._session_of(message)
            run = Run(
                message.id,
                message.spec,
                session=session,
                take_secrets=self._secrets.take,
                write=self._writer.write,
                keeper=runs,
            )
            runs.add(run)
        run.start()

    def _session_of(self, message: RunStart) -> Session | None:
        """The one that is open, or a new one; None for a run that belongs to none."""
        from .run.session import Session

        wanted, current = message.spec.session, self._session
        if current is None:
            self._session = None if wanted is None else Session(wanted)
        elif current.id != wanted or self._closing:
            what = f'The session "{current.id}" is open; a worker has one at a time. Close it, or start another worker.'
            raise InvalidLine("session_in_progress", what, message.id)
        return self._session

    def _close_session(self, session_id: str) -> None:
        with self._lock:
            session, run = self._session, self._runs.any() if self._runs else None
            if session is None or session.id != session_id or self._closing:
                raise InvalidLine("unknown_session", "That session is not open.", session_id)
            if run is not None:
                what = f'The run "{run.id}" of the session is still going on. Cancel it first.'
                raise InvalidLine("run_in_progress", what, session_id)
            self._closing = True
        threading.Thread(target=self._finish_session, args=(session,), name="session-close", daemon=True).start()

    def _finish_session(self, session: Session) -> None:
        session.close()
        with self._lock:
            self._session, self._closing = None, False
        self._send({"type": "session.closed", "id": session.id})

    def _cancel(self, run_id: str) -> None:
        run = self._runs.get(run_id) if self._runs else None
        if run is None:
            raise InvalidLine("unknown_run", "That run is not going on; it may just have ended.", run_id)
        stopping = threading.Thread(target=run.stop, args=("cancelled", "The run was cancelled."), daemon=True)
        try:
            stopping.start()  # whatever stops with it, the lines of other runs do not wait for that
        except RuntimeError:  # no threads left
            stopping.run()

    def _deliver(self, reply: ToolResult | ModelResult | AnswerResult | JournalResult) -> None:
        """A reply to a run that has ended meanwhile is dropped."""
        run = self._runs.get(reply.id) if self._runs else None
        if run is not None:
            run.host.deliver(reply)

    def _drain(self, run_id: str) -> None:
        """A run does not unwind: the host gives this process no other. A session has none but its own turns, which wait
        for that one: it ends at once."""
        self._send({"type": "worker.draining", "id": run_id})
        if self._session is not None:
            self._wake()

    def _linger(self) -> None:
        """The host ends a process that is drained. One that has forgotten it ends by itself."""
        left = self._heard_at + LINGER_SECONDS - time.monotonic()
        if self._runs is None or self._runs.any() is not None:
            return
        if left <= 0:
            self._wake()
            return
        lingering = threading.Timer(left, self._linger)
        lingering.daemon = True
        lingering.start()

    def _end(self) -> None:
        watchdog = threading.Timer(EXIT_SECONDS, self._exit)
        watchdog.daemon = True
        watchdog.start()
        if self._runs is not None:
            self._runs.end(self._ending, EXIT_SECONDS)
        if self._session is not None:
            self._session.close()
        if self._runs is not None:
            self._runs.close()

    def _exit(self) -> None:
        self._folder.remove()
        os._exit(0)

    def _send(self, message: WorkerReady | WorkerDraining | ProtocolErrorMessage | Pong | SessionClosed) -> None:
        self._writer.write({**message})

    def _wake(self) -> None:
        """End the loop of ``serve``, from any thread."""
        with suppress(BlockingIOError):  # it was woken before
            os.write(self._wake_writer, b"\0")


def _parsed(line: bytes | LineTooLong) -> HostMessage:
    """Raises InvalidLine."""
    from pydantic import ValidationError

    if isinstance(line, LineTooLong):
        raise InvalidLine("line_too_long", str(line))
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise InvalidLine("invalid_json", "The line is not JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise InvalidLine("invalid_message", "The line is not a JSON object.")
    fields = cast("dict[str, Any]", value)
    given_id, type_ = fields.get("id"), fields.get("type")
    run_id = given_id if isinstance(given_id, str) and given_id else None
    if isinstance(type_, str) and type_ not in HOST_TYPES:
        raise InvalidLine("unknown_message_type", f'"{type_}" is not a message this worker knows.', run_id)
    try:
        return host_messages().validate_python(fields, by_alias=True, by_name=False)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidLine("invalid_message", f"{where}: {first['msg']}", run_id) from None


@cache
def host_messages() -> TypeAdapter[HostMessage]:
    """What reads them; made when it is first asked for."""
    from pydantic import TypeAdapter

    from ._generated.messages import HostMessage

    return TypeAdapter(HostMessage)
