"""What a code block writes to descriptors 1 and 2: decoded, capped while it comes, sent live in small batches."""

from __future__ import annotations

import array
import codecs
import fcntl
import termios

from .messages import OutputStream
from .pipes import READ_BYTES, read_some

FLUSH_INTERVAL_S = 0.1
FLUSH_CHARS = 1 << 16


class Capture:
    """One stream of the interpreter and everything it started. Over ``cap_chars`` a code block's text is counted and
    dropped."""

    def __init__(self, stream: OutputStream, fd: int, cap_chars: int) -> None:
        self.stream: OutputStream = stream
        self.fd = fd
        self.closed = False
        self.discarded_bytes = 0
        self._cap = cap_chars
        self._room = cap_chars
        self._text: list[str] = []
        self._pending_chars = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    @property
    def pending(self) -> int:
        """Characters captured and not yet taken."""
        return self._pending_chars

    def read(self) -> None:
        """Take what is there now; ``closed`` once every writer is gone."""
        data = read_some(self.fd)
        if data:
            self._add(data)
        elif data is not None:
            self.closed = True

    def drain(self) -> None:
        """Take all that was written before this moment, and no more: a thread that never stops printing must not hold
        us."""
        waiting = array.array("i", [0])
        fcntl.ioctl(self.fd, termios.FIONREAD, waiting)
        left = waiting[0]
        while left > 0:
            data = read_some(self.fd, min(left, READ_BYTES))
            if not data:
                return
            self._add(data)
            left -= len(data)

    def take(self) -> str:
        text = "".join(self._text)
        self._text.clear()
        self._pending_chars = 0
        return text

    def finish(self) -> None:
        """The code block wrote all it will: a character cut off in the middle is not continued by the next."""
        self._keep(self._decoder.decode(b"", True))
        self._decoder.reset()

    def next_block(self) -> None:
        """A code block ended: what comes from now on belongs to the next."""
        self._room = self._cap
        self.discarded_bytes = 0

    def _add(self, data: bytes) -> None:
        if self._room <= 0:
            self.discarded_bytes += len(data)
        else:
            self._keep(self._decoder.decode(data))

    def _keep(self, text: str) -> None:
        if len(text) > self._room:
            self.discarded_bytes += len(text[self._room :].encode("utf-8", "replace"))
            text = text[: self._room]
            self._decoder.reset()
        self._room -= len(text)
        self._pending_chars += len(text)
        self._text.append(text)
