"""Messages to and from one running kernel. What comes is checked field by field: a kernel may be in the hands of model
code."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..kernel.frames import FrameBuffer, FrameError, json_frame, raw_frame
from ..kernel.messages import FROM_SUPERVISOR, parse
from .process import KernelProcess, ProcessGone

if TYPE_CHECKING:
    from ..kernel.messages import FromSupervisor

READ_BYTES: Final = 1 << 18
PING_AFTER_S: Final = 5.0
PING_GRACE_S: Final = 1.0
SILENCE_S: Final = 60.0
"""A supervisor runs no model code and is never busy for long: one that does not answer for so long is stopped."""


class KernelStream:
    """``on_message`` and then, once, ``on_end`` are called from the reader thread."""

    def __init__(self, process: KernelProcess) -> None:
        self._process = process
        self._on_message: Callable[[FromSupervisor], None] | None = None
        self._on_end: Callable[[str], None] | None = None
        self._hearing = threading.Lock()
        self._listening_since: float | None = None
        self._pinged_at: float | None = None
        self._reader = threading.Thread(target=self._read, name="rlm-kernel-reader", daemon=True)

    def open(self, on_message: Callable[[FromSupervisor], None], on_end: Callable[[str], None]) -> None:
        """``on_end`` is told why: the kernel ended, or what it sent is not the protocol."""
        self._on_message, self._on_end = on_message, on_end
        self._reader.start()

    def ignore(self) -> None:
        """What comes is read and dropped, from the return of this on."""
        with self._hearing:
            self._on_message = _drop

    def send(self, message: dict[str, Any]) -> None:
        """Raises ProcessGone, and FrameTooLarge for more than one frame can hold."""
        self._process.write(json_frame(message))

    def send_bytes(self, data: bytes) -> None:
        """Raises ProcessGone."""
        self._process.write(raw_frame(data))

    def answers(self) -> bool:
        """Asks a kernel that has been silent for a while whether it is there. False once it has not said so in
        time; the time in which this side does not listen is not counted."""
        listening_since, now = self._listening_since, time.monotonic()
        if listening_since is None:
            return True
        pinged_at = self._pinged_at
        if pinged_at is not None:
            return now - pinged_at < SILENCE_S
        if now - listening_since > PING_AFTER_S:
            self._pinged_at = now  # first: the answer may come before this thread goes on
            try:
                self._process.write(json_frame({"type": "ping"}), now + PING_GRACE_S)
            except ProcessGone:
                self._pinged_at = None
                return not self._process.hung_up
        return True

    def join(self, timeout_s: float) -> bool:
        """Wait for the reader; True when it has ended."""
        if self._reader.ident is not None and self._reader is not threading.current_thread():
            self._reader.join(timeout_s)
        return not self._reader.is_alive()

    def _read(self) -> None:
        assert self._on_message and self._on_end
        frames = FrameBuffer(raw_allowed=False)
        reason = "it ended"
        try:
            while data := self._listen():
                for kind, payload in frames.feed(data):
                    message = parse(kind, payload, FROM_SUPERVISOR)
                    with self._hearing:
                        self._on_message(message)
                    del payload, message  # megabytes of prompts, until something else comes
        except FrameError as error:
            reason = f"it sent something that is not the protocol ({error})"
            self._process.hang_up()
            self._process.kill()
        except ProcessGone:
            reason = "it ended"
        finally:
            self._on_end(reason)

    def _listen(self) -> bytes:
        self._listening_since = time.monotonic()
        data = self._process.read(READ_BYTES)
        self._listening_since = self._pinged_at = None
        return data


def _drop(_: FromSupervisor) -> None:
    """Of a kernel that is to end."""
