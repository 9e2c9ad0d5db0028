"""The supervisor process: owns the pipe to the worker, and never runs a line of model code.

One thread, one loop, nothing that blocks. When the worker's end of stdin closes, everything ends, whatever model
code does.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from .asked import Asked
from .calls import OutstandingCalls, refused
from .child import Child
from .clock import BlockClock
from .codec import decode
from .folders import get_ready, remove_folder
from .frames import JSON, FrameBuffer, FrameError, json_frame, raw_frame
from .messages import FROM_INTERPRETER, Alive, Done, Drafted, Pong, Ready, Request, ToolCall, parse
from .pipes import READABLE, WRITABLE, Gone, Watch, read_some
from .processes import describe_exit, exit_within, kill_descendants, protect_supervisor, reap
from .reports import Reports

if TYPE_CHECKING:
    from .messages import FromInterpreter

MAX_UNSENT_BYTES = 8 << 20
MAX_UNREAD_BYTES = 256 << 20
MAX_FAILED_STARTS = 3
TOO_MUCH = "too many sub-calls, or more than 64 MB of prompts, are under way at once; wait for some"
LAST_BREATH_S = 2.0


class Supervisor:
    def __init__(self, config: dict[str, Any], child: Child) -> None:
        self._config = config
        self._child = child
        self._watch = Watch()
        self._from_worker = FrameBuffer(raw_allowed=True)
        self._reports = Reports(1)
        self._calls = OutstandingCalls()
        self._configure: dict[str, Any] | None = None
        self._clock: BlockClock | None = None
        self._asked = Asked()
        self._life = 0
        self._ready = False
        self._doomed: str | None = None
        self._failed_starts = 0
        self._wake_read, self._wake_write = os.pipe()

    def run(self) -> NoReturn:
        try:
            protect_supervisor()
            for descriptor in (0, 1, self._wake_read, self._wake_write):
                os.set_blocking(descriptor, False)
            signal.signal(signal.SIGCHLD, _nothing)
            for number in (signal.SIGINT, signal.SIGTERM):
                # From inside its container, the first process gets only the signals that it handles.
                signal.signal(number, signal.SIG_IGN if os.getpid() == 1 else _leave)
            signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
            self._watch.set(0, READABLE, self._on_worker)
            self._watch.set(self._wake_read, READABLE, lambda: read_some(self._wake_read))
            self._watch_child()
            while True:
                self._turn()
        except Gone:
            self._end(0)
        except BaseException as error:
            print(f"kernel: {type(error).__name__}: {error}", file=sys.stderr)
            self._end(1)

    def _end(self, status: int) -> NoReturn:
        with suppress(BaseException):
            kill_descendants(self._child.pid)
        with suppress(BaseException):
            if self._config["removeScratch"]:
                remove_folder(self._config["scratch"])
        os._exit(status)

    # The loop

    def _turn(self) -> None:
        self._watch.serve(self._patience())
        self._advance_clock()
        ended = reap()
        if self._child.pid in ended and self._doomed is None:
            self._doomed = describe_exit(ended[self._child.pid])
        if self._doomed is not None:
            self._replace_child(self._doomed)
        self._reports.output(self._child.captures, force=False)
        self._reports.outbox.flush()
        with suppress(Gone):
            self._child.outbox.flush()
        self._watch_worker()
        self._watch_child()

    def _patience(self) -> float | None:
        due = [self._reports.output_due_s(self._child.captures)]
        if self._clock is not None:
            due.append(self._clock.next_due_s(bool(self._calls)))
        return min((seconds for seconds in due if seconds is not None), default=None)

    def _advance_clock(self) -> None:
        due = self._clock.advance(time.monotonic(), bool(self._calls)) if self._clock else None
        if due == "interrupt":
            self._interrupt_child()
        elif due == "kill":
            self._doomed = "it did not stop when interrupted"

    def _interrupt_child(self) -> None:
        with suppress(OSError):
            os.kill(self._child.pid, signal.SIGINT)

    def _watch_worker(self) -> None:
        self._watch.set(1, WRITABLE if self._reports.outbox.size else 0, _nothing)

    def _watch_child(self) -> None:
        """Back-pressure: while the worker does not take what there is, nothing more is read from the interpreter."""
        reading = READABLE if self._reports.outbox.size < MAX_UNSENT_BYTES else 0
        writing = WRITABLE if self._child.outbox.size else 0
        self._watch.set(self._child.channel, reading | writing, self._on_channel)
        for capture in self._child.captures:
            self._watch.set(capture.fd, 0 if capture.closed else reading, capture.read)

    # From the worker

    def _on_worker(self) -> None:
        data = read_some(0)
        if data == b"":
            raise Gone
        for kind, payload in self._from_worker.feed(data or b""):
            if kind == JSON:
                self._on_command(decode(payload))
            elif self._asked.is_open("load"):
                self._asked.pass_on(len(payload))
                self._to_child(raw_frame(payload))

    def _on_command(self, command: dict[str, Any]) -> None:
        kind = command["type"]
        if kind == "reply":
            self._advance_clock()
            reply = self._calls.settle(command["id"], command["results"])
            if reply is not None:
                self._to_child(json_frame(reply))
            return
        if kind == "ping":
            self._reports.tell(Pong())
            return
        if kind == "replace":
            if command["life"] == self._life:
                self._doomed = self._doomed or command["reason"]
            return
        if kind == "interrupt":
            if self._clock is None or self._clock.block != command["id"] or self._clock.interrupted:
                return
            self._clock.interrupt(time.monotonic())
            self._interrupt_child()  # and by the message, should the block not have begun
        elif kind == "configure":
            self._configure = command
        elif kind == "execute":
            if command["life"] != self._life:
                self._reports.ended(command["id"], "not_run", "", None, self._child.captures)
                return
            self._clock = BlockClock(command["id"], command["timeoutMs"] / 1000, time.monotonic())
        elif kind == "load":
            if command["life"] != self._life:
                self._reports.load_failed(command["id"], "the interpreter died")
                return
            self._asked.ask("load", command["id"])
        elif kind in ("probe", "peek_answer"):
            self._asked.ask(kind, command["id"])
        elif kind in ("documents", "load_end") and not self._asked.is_open("load"):
            return
        self._to_child(json_frame(command))

    def _to_child(self, frame: bytes) -> None:
        self._child.outbox.put(frame)
        if self._child.outbox.size > MAX_UNREAD_BYTES:
            self._doomed = "it read nothing of what it was sent"

    # From the interpreter, which is not trusted

    def _on_channel(self) -> None:
        data = read_some(self._child.channel)
        if data == b"" and self._doomed is None:
            status = exit_within(self._child.pid, LAST_BREATH_S)
            self._doomed = "it closed its channel" if status is None else describe_exit(status)
        elif data:
            self._take(data)

    def _take(self, data: bytes) -> None:
        try:
            for kind, payload in self._child.frames.feed(data):
                self._on_message(parse(kind, payload, FROM_INTERPRETER), len(payload))
        except (FrameError, ValueError, RecursionError) as error:
            self._doomed = f"code wrote to the channel of the REPL ({error})"

    def _on_message(self, message: FromInterpreter, size: int) -> None:
        if isinstance(message, Ready):
            self._on_ready(message.problem)
        elif isinstance(message, (Request, ToolCall)):
            self._on_request(message, size)
        elif isinstance(message, Done):
            if self._clock is not None and message.id == self._clock.block:
                self._on_done(self._clock, message)
        elif isinstance(message, Drafted) or self._asked.accept(message):
            self._reports.tell(message)

    def _on_request(self, request: Request | ToolCall, size: int) -> None:
        self._advance_clock()
        ours = self._calls.admit(request, size)
        if ours is None:
            results = refused(request, TOO_MUCH)
            self._to_child(json_frame({"type": "reply", "id": request.id, "results": results}))
        else:
            self._reports.output(self._child.captures, force=True)
            self._reports.tell(request._replace(id=ours))

    def _on_ready(self, problem: str | None) -> None:
        self._failed_starts = 0
        if not self._ready and self._configure is not None:
            self._ready = True
            self._reports.started(self._configure["id"], problem)

    def _on_done(self, clock: BlockClock, done: Done) -> None:
        for capture in self._child.captures:
            capture.drain()
        status, error = done.status, done.error
        if status == "interrupted":
            status = "timed_out" if clock.interrupted else "error"
        if status == "timed_out":
            error = f"\nCode block timed out after {clock.limit_s:g} s; variables kept"
        self._end_block(clock, status, error, done)

    def _end_block(self, clock: BlockClock, status: str, error: str, report: Done | None) -> None:
        self._reports.ended(clock.block, status, error, report, self._child.captures)
        self._clock = None

    # The end of an interpreter

    def _replace_child(self, reason: str) -> None:
        """End what is left of it, tell the worker what it was doing, start its successor as it was configured."""
        dead = self._child
        kill_descendants(dead.pid)
        while data := read_some(dead.channel):
            self._take(data)
        self._doomed = None
        for capture in dead.captures:
            with suppress(OSError):
                capture.drain()
        self._failed_starts += 1
        if self._failed_starts > MAX_FAILED_STARTS:
            self._reports.last_words(reason)
            self._end(1)
        self._life += 1
        self._calls.clear()
        self._reports.lost(self._life, reason)
        if self._clock is not None:
            self._end_block(self._clock, "timed_out" if self._clock.interrupted else "interpreter_died", reason, None)
        self._close_questions(reason)
        self._reports.output(dead.captures, force=True)
        for descriptor in (dead.channel, *(capture.fd for capture in dead.captures)):
            self._watch.set(descriptor, 0, _nothing)
        dead.close()
        self._child = Child(self._config)
        if self._configure is not None:
            self._to_child(json_frame(self._configure))

    def _close_questions(self, reason: str) -> None:
        load, probe = self._asked.close("load"), self._asked.close("probe")
        self._asked.close("peek_answer")
        if load is not None:
            self._reports.load_failed(load, reason)
        if probe is not None:
            self._reports.tell(Alive(probe))


def _nothing(*_: Any) -> None:
    """Does nothing, for signals and descriptors that only have to wake the loop."""


def _leave(*_: Any) -> NoReturn:
    raise Gone


def main(config: dict[str, Any]) -> NoReturn:
    if config["removeScratch"]:
        get_ready()
    # Before anything else: pages that this process has changed by then are the interpreter's own, too.
    child = Child(config)
    Supervisor(config, child).run()
