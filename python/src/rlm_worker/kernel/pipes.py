"""Non-blocking ends of pipes for the supervisor's one loop."""

from __future__ import annotations

import os
from collections import deque

READ_BYTES = 1 << 18


class Gone(Exception):
    """The other end is closed."""


def read_some(fd: int, limit: int = READ_BYTES) -> bytes | None:
    """What is there, None when nothing is there now, b"" at the end."""
    try:
        return os.read(fd, limit)
    except BlockingIOError:
        return None
    except OSError:
        return b""


class Outbox:
    """Frames waiting to be written, in order. ``size`` is what back-pressure looks at, in bytes."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.size = 0
        self._frames: deque[memoryview] = deque()

    def put(self, frame: bytes) -> None:
        self._frames.append(memoryview(frame))
        self.size += len(frame)

    def flush(self) -> None:
        """Write what the pipe takes now. Raises Gone."""
        while self._frames:
            head = self._frames[0]
            try:
                written = os.write(self.fd, head)
            except BlockingIOError:
                return
            except OSError:
                raise Gone from None
            self.size -= written
            if written == len(head):
                self._frames.popleft()
            else:
                self._frames[0] = head[written:]
