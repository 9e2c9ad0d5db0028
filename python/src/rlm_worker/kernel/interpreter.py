"""The interpreter process: one code block after the other, in one namespace. The supervisor trusts nothing in it.

The main thread runs code, a reader thread takes frames and a writer thread sends them, so that an interrupt, which
Python raises in the main thread, can never cut a frame in two.
"""

from __future__ import annotations

import builtins
import io
import json
import os
import sys
from _thread import get_ident, start_new_thread
from collections.abc import Callable
from os import _exit, chdir, dup, dup2, getpid, read, write
from signal import SIGINT, pthread_kill
from signal import signal as set_handler
from sys import getrecursionlimit, setrecursionlimit, settrace
from types import FrameType
from typing import Any, NoReturn, cast

from .answer import peek_content, read_answer
from .codec import decode
from .drafts import Drafts
from .failures import CODE_NAME, error_text, exit_is_failure
from .frames import JSON, FrameBuffer, json_frame
from .host_tools import HostTools
from .loading import LoadFailed, Loading
from .namespace import Namespace
from .queries import Queries
from .randomness import Randomness
from .requests import Requests
from .streams import OutputStream

try:
    from _queue import SimpleQueue  # ``queue`` loads all of ``threading``
except ImportError:  # of a Python that is not CPython
    from queue import SimpleQueue

READ_BYTES = 1 << 18

# Kept here, as model code may replace what ``os`` holds.
_os_read, _os_write, _os_exit = os.read, os.write, os._exit


_BUILTINS = dict(builtins.__dict__)


class Interpreter:
    """``channel`` is the descriptor to the supervisor; ``scratch`` the folder every code block starts in."""

    def __init__(self, channel: int, scratch: str) -> None:
        self._channel = channel
        self._channel_identity = os.fstat(channel)
        self._scratch = scratch
        self._pid = getpid()
        self._repl_style = "docker"
        self._running = False
        self._interrupted: int | None = None
        self._main_thread = get_ident()
        self._commands: SimpleQueue[Any] = SimpleQueue()
        self._outgoing: SimpleQueue[bytes] = SimpleQueue()
        self._drafts = Drafts(lambda: self._namespace.variables, self._send)
        self._requests = Requests(self._send, self._drafts.say)
        self._load: dict[str, Any] = {}
        self._loading: Loading | None = None
        self._recursion_limit = getrecursionlimit()
        self._kept_fds = (dup(1), dup(2))
        self._streams = [OutputStream(1), OutputStream(2)]
        self._randomness = Randomness()
        self._null = io.TextIOWrapper(io.BufferedReader(io.FileIO(os.devnull)))
        self._namespace = Namespace(Queries(self._requests).functions(), HostTools(self._requests))

    def run(self) -> NoReturn:
        self._restore_process()
        start_new_thread(self._read, ())
        start_new_thread(self._write, ())
        while True:
            command = self._commands.get()
            if isinstance(command, bytes):
                self._load_bytes(command)
            else:
                getattr(self, "_do_" + command["type"])(command)

    def _do_configure(self, command: dict[str, Any]) -> None:
        self._repl_style = command["replStyle"]
        problem = self._namespace.install_tools(command["tools"])
        if command["compaction"]:
            self._namespace.bind("history", [], None, json if self._repl_style == "docker" else None)
        self._send({"type": "ready", "problem": problem})

    def _do_probe(self, command: dict[str, Any]) -> None:
        self._send({"type": "alive", "id": command["id"]})

    def _do_reset_answer(self, command: dict[str, Any]) -> None:
        self._namespace.reset_answer()

    def _do_execute(self, command: dict[str, Any]) -> None:
        self._randomness.begin(command["seed"])
        status, error = self._run_code(command["id"], command["code"])
        if getpid() != self._pid:
            _exit(0)
        self._restore_process()
        answer = read_answer(self._namespace.variables)
        self._drafts.heard(answer.content)
        if answer.problem:
            status, error = "error", f"{error}\n{answer.problem}"
        self._namespace.restore()
        report = {"variables": self._namespace.describe(), "final": answer.final, "content": answer.content}
        self._send({"type": "done", "id": command["id"], "status": status, "error": error, **report})

    def _run_code(self, block: int, code: str) -> tuple[str, str]:
        try:
            self._running = True
            if self._interrupted == block:
                raise KeyboardInterrupt
            compiled = compile(code, CODE_NAME, "exec", dont_inherit=True)
            exec(compiled, self._namespace.variables)
            self._running = False
            settrace(None)
            return "ok", ""
        except BaseException as error:
            self._running = False
            settrace(None)
            builtins.__dict__.update(_BUILTINS)
            kind = type(error)  # and not __class__, which can be code
            if issubclass(kind, SystemExit) and not exit_is_failure(cast("SystemExit", error)):
                return "ok", ""
            status = "interrupted" if issubclass(kind, KeyboardInterrupt) else "error"
            return status, error_text(error, self._repl_style)

    def _restore_process(self) -> None:
        """Put back what a code block may have replaced and the next one, or this program, counts on."""
        builtins.__dict__.update(_BUILTINS)
        if not os.path.samestat(os.fstat(self._channel), self._channel_identity):
            _os_exit(1)
        for stream in (sys.stdout, sys.stderr, *self._streams):
            try:
                stream.flush()
            except BaseException:
                continue
        dup2(self._kept_fds[0], 1)
        dup2(self._kept_fds[1], 2)
        self._streams = [OutputStream(at) if stream.closed else stream for at, stream in enumerate(self._streams, 1)]
        sys.stdout = sys.__stdout__ = self._streams[0]
        sys.stderr = sys.__stderr__ = self._streams[1]
        sys.stdin = sys.__stdin__ = self._null
        setrecursionlimit(self._recursion_limit)
        set_handler(SIGINT, self._on_interrupt)
        try:
            chdir(self._scratch)
        except OSError:
            chdir("/")

    def _on_interrupt(self, number: int, frame: FrameType | None) -> None:
        """At most once a block: another one would end this program while it deals with the first."""
        if self._running:
            self._running = False
            raise KeyboardInterrupt

    def _do_load(self, command: dict[str, Any]) -> None:
        self._load, self._loading = command, Loading(command["kind"])

    def _do_documents(self, command: dict[str, Any]) -> None:
        self._step(lambda loading: loading.documents(command["documents"]))

    def _load_bytes(self, chunk: bytes) -> None:
        self._step(lambda loading: self._acknowledge(loading.data(chunk)))

    def _do_load_end(self, command: dict[str, Any]) -> None:
        self._step(self._finish_load)
        self._loading = None

    def _step(self, action: Callable[[Loading], None]) -> None:
        """A step of loading. A failure ends the load and is told; what still comes of it is ignored."""
        if self._loading is None:
            return
        try:
            action(self._loading)
        except (LoadFailed, MemoryError) as error:
            self._loading = None
            fault = "memory" if isinstance(error, MemoryError) else "content"
            self._send({"type": "load_failed", "id": self._load["id"], "fault": fault, "message": str(error)})

    def _acknowledge(self, received: int | None) -> None:
        if received is not None:
            self._send({"type": "received", "id": self._load["id"], "bytes": received})

    def _finish_load(self, loading: Loading) -> None:
        value, report = loading.finish()
        load = self._load
        self._namespace.bind(load["name"], value, load["alias"], json if load["withJson"] else None)
        self._send({"type": "loaded", "id": load["id"], **report})

    def _send(self, message: dict[str, Any]) -> None:
        self._outgoing.put(json_frame(message))

    def _write(self) -> None:
        while True:
            frame = memoryview(self._outgoing.get())
            while frame:
                frame = frame[write(self._channel, frame) :]

    def _read(self) -> None:
        frames = FrameBuffer(raw_allowed=True)
        while True:
            data = read(self._channel, READ_BYTES)
            if not data:
                _exit(0)
            for kind, payload in frames.feed(data):
                if kind != JSON:
                    self._commands.put(payload)
                    continue
                message = decode(payload)
                if message["type"] == "reply":
                    self._requests.deliver(message["id"], message["results"])
                elif message["type"] == "peek_answer":
                    content = peek_content(self._namespace.variables)
                    self._send({"type": "draft", "id": message["id"], "content": content})
                elif message["type"] == "interrupt":
                    self._interrupted = message["id"]
                    pthread_kill(self._main_thread, SIGINT)
                else:
                    self._commands.put(message)
