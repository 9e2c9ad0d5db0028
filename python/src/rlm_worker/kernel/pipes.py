"""Non-blocking ends of pipes for the supervisor's one loop."""

from __future__ import annotations

import fcntl
import os
import resource
import select
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

READ_BYTES = 1 << 18
MOST_DESCRIPTORS = 1 << 20
READABLE, WRITABLE = select.POLLIN, select.POLLOUT


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


def take_places(*descriptors: int) -> None:
    """Put them at 0, 1, 2 and so on, those after 2 for this process alone, and close every other."""
    # There may be few descriptors: those of others go first, and copies come to lie just above the places.
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft
    _close_between(descriptors, most)
    sources = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, len(descriptors)) for descriptor in descriptors]
    for at, descriptor in enumerate(sources):
        os.dup2(descriptor, at, inheritable=at < 3)
    os.closerange(len(descriptors), most)


def _close_between(descriptors: Iterable[int], most: int) -> None:
    """All but ``descriptors`` and the first three."""
    at = 3
    for descriptor in sorted(descriptors):
        os.closerange(at, descriptor)
        at = max(at, descriptor + 1)
    os.closerange(at, most)


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


class Watch:
    """Descriptors that wake the loop, and what to do then."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._watched: dict[int, tuple[int, Callable[[], Any]]] = {}

    def set(self, descriptor: int, events: int, action: Callable[[], Any]) -> None:
        """``events`` 0: watch it no more, as it must be before it is closed."""
        known, _ = self._watched.get(descriptor, (0, None))
        if events == known:
            return
        if events:
            self._watched[descriptor] = events, action
            self._poll.register(descriptor, events)
        else:
            del self._watched[descriptor]
            self._poll.unregister(descriptor)

    def serve(self, patience_s: float | None) -> None:
        """Wait for the first of them, ``patience_s`` at most, and act on all that are ready."""
        for descriptor, _ in self._poll.poll(None if patience_s is None else patience_s * 1000):
            if descriptor in self._watched:
                self._watched[descriptor][1]()
