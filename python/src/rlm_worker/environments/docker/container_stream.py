"""What goes to an attached container and what comes from it: one connection, on which the Engine sends both outputs."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from ..channel import wait_writable
from .multiplexed import STDOUT, Multiplexed

LOOK_AGAIN_MS: Final = 500


class ContainerStream:
    """A ``Channel``. What is written before the container runs is kept, and sent by ``begin``; whoever reads waits for
    that, or for ``cut``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._early = bytearray()
        self._is_direct = False
        self._input_is_over = False
        self._begun = threading.Event()
        self._outputs = Multiplexed()
        self._said: Callable[[bytes], None] | None = None
        self._unheard = bytearray()

    # For whoever starts the container

    @property
    def input_is_over(self) -> bool:
        return self._input_is_over

    def connect(self, stream: socket.socket) -> None:
        """Takes it over."""
        stream.settimeout(None)
        with self._lock:
            self._socket = stream
            if self._input_is_over:
                _shut(stream, socket.SHUT_WR)

    def say(self, words: str) -> None:
        """As if on the container's stderr."""
        self._tell(words.encode())

    def begin(self) -> None:
        """The container runs. Returns once it has been sent what was written before."""
        self._begun.set()
        while (stream := self._send_early()) is not None:
            poll = select.poll()
            poll.register(stream, select.POLLOUT)
            poll.poll(LOOK_AGAIN_MS)

    def cut(self) -> None:
        """There is, and will be, nothing to read or to write. Callable from any thread."""
        with self._lock:
            self._input_is_over = True
            self._early.clear()
            if self._socket is not None:
                _shut(self._socket, socket.SHUT_RDWR)
        self._begun.set()

    # As a channel

    def write(self, data: memoryview) -> int:
        with self._lock:
            if self._input_is_over:
                raise BrokenPipeError
            if not self._is_direct or self._socket is None:
                self._early += data
                return len(data)
        return self._socket.send(data, socket.MSG_DONTWAIT)

    def wait_writable(self, wake: int, timeout_s: float) -> None:
        if self._socket is not None:
            wait_writable(self._socket.fileno(), wake, timeout_s)

    def end_input(self) -> None:
        with self._lock:
            self._input_is_over = True
            self._early.clear()
            if self._socket is not None:
                _shut(self._socket, socket.SHUT_WR)

    def read(self, limit: int) -> bytes:
        self._begun.wait()
        while (stream := self._socket) is not None:
            data = stream.recv(limit)
            heard: list[memoryview] = []
            for output, piece in self._outputs.feed(data):
                if output == STDOUT:
                    heard.append(piece)
                else:
                    self._tell(piece)
            if heard or not data:
                return b"".join(heard)
        return b""

    def hear(self, said: Callable[[bytes], None]) -> None:
        with self._lock:
            self._said = said
            if self._unheard:
                said(bytes(self._unheard))

    def hear_out(self, timeout_s: float) -> None:
        """Whoever reads hears it all."""

    def close(self) -> None:
        with self._lock:
            stream, self._socket = self._socket, None
            if stream is not None:
                stream.close()

    def _tell(self, words: bytes | memoryview) -> None:
        with self._lock:
            if self._said is None:
                self._unheard += words
            else:
                self._said(bytes(words))

    def _send_early(self) -> socket.socket | None:
        """None when nothing is left."""
        with self._lock, suppress(BlockingIOError):
            try:
                while self._socket is not None and self._early:
                    del self._early[: self._socket.send(self._early, socket.MSG_DONTWAIT)]
            except (BrokenPipeError, ConnectionError):
                self._early.clear()
            self._is_direct = True
            return None
        return self._socket


def _shut(stream: socket.socket, how: int) -> None:
    with suppress(OSError):
        stream.shutdown(how)
