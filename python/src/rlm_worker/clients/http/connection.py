"""One connection of HTTP/1.1: a request at a time, and its answer as it comes."""

from __future__ import annotations

import asyncio
import select
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import Final, cast

import httptools
import httpx2

from .receipt import NotReceived, bytes_acknowledged

MOST_HEAD_BYTES: Final = 1 << 17
MOST_WAITING_BYTES: Final = 1 << 18
"""Of a body that nobody reads as fast as it comes."""


class Connection(asyncio.Protocol):
    """Raises httpx2's errors of transport, as its own connections do."""

    def __init__(self, timeout_s: float) -> None:
        """``timeout_s``: the longest that an answer may be without a byte."""
        self._timeout_s = timeout_s
        self._watch: asyncio.TimerHandle | None = None
        self._last_s = 0.0
        self._transport: asyncio.Transport | None = None
        self._news: asyncio.Future[None] | None = None
        self._lost: httpx2.TransportError | None = None
        self._paused = False
        self._asked = False
        self._acknowledged: int | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._expect()

    def _expect(self) -> None:
        """Nothing of the next answer has come."""
        self._pieces: deque[bytes] = deque()
        self._waiting_bytes = self._head_bytes = 0
        self.headers: dict[str, str] = {}
        self.status = 0
        self._has_head = self._is_whole = self._stays = False

    @property
    def is_usable(self) -> bool:
        """Whether another request can be sent on it."""
        transport = self._transport
        return not self._asked and self._lost is None and transport is not None and not transport.is_closing()

    @property
    def peer(self) -> str:
        """The address of the other side."""
        assert self._transport is not None
        return self._transport.get_extra_info("peername")[0]

    @property
    def is_silent(self) -> bool:
        """Whether nothing has come since its last answer: neither its end nor anything else, read or not."""
        assert self._transport is not None
        poll = select.poll()
        poll.register(self._transport.get_extra_info("socket").fileno(), select.POLLIN)
        return not poll.poll(0)

    async def ask(self, request: bytes) -> None:
        """Returns once the head of the answer has come: ``status`` and ``headers`` are its."""
        assert self._transport is not None and not self._asked
        self._asked, self._last_s = True, time.monotonic()
        self._acknowledged = bytes_acknowledged(self._transport)
        # After what this turn of the loop says to the host: of a call that was sent the host has heard.
        asyncio.get_running_loop().call_soon(self._transport.write, request)
        while not self._has_head:
            await self._changed()

    @property
    def whole(self) -> bytes | None:
        """The body, where all of it has come and none was read."""
        return b"".join(self._pieces) if self._is_whole else None

    async def body(self) -> AsyncIterator[bytes]:
        """The pieces of the body."""
        while True:
            while self._pieces:
                piece = self._pieces.popleft()
                self._waiting_bytes -= len(piece)
                yield piece
            if self._is_whole:
                return
            self._go_on()
            await self._changed()

    def release(self) -> bool:
        """The answer is read, or not wanted. True when the connection is there for another request."""
        if self._is_whole and self._stays and self._lost is None and not self._paused:
            self._asked = False
            self._expect()
            return self.is_usable
        self.close()
        return False

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def _changed(self) -> None:
        """Raises what ended the connection."""
        if self._lost is not None:
            raise self._lost
        self._news = asyncio.get_running_loop().create_future()
        await self._news
        self._news = None

    def _watch_time(self) -> None:
        """One timer for all answers of the connection, as most of them never need it."""
        left_s = self._timeout_s
        if self._asked and not self._is_whole and not self._paused:
            left_s -= time.monotonic() - self._last_s
            if left_s <= 0:
                self._fail(httpx2.ReadTimeout(f"no answer for {self._timeout_s:g} s"))
                return
        self._watch = asyncio.get_running_loop().call_later(left_s, self._watch_time)

    def _tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    def _fail(self, error: httpx2.TransportError) -> None:
        self._lost = self._lost or error
        self._tell()  # what came before it is still read
        self.close()

    def _go_on(self) -> None:
        if self._paused and self._transport is not None:
            self._paused, self._last_s = False, time.monotonic()
            self._transport.resume_reading()

    # From the loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._watch_time()

    def data_received(self, data: bytes) -> None:
        if not self._asked:  # a server that says why it closes, mostly
            self.close()
            return
        self._last_s = time.monotonic()
        self._head_bytes += 0 if self._has_head else len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(httpx2.RemoteProtocolError(f"the answer is no HTTP: {error}"))
            return
        if not self._has_head and self._head_bytes > MOST_HEAD_BYTES:
            self._fail(httpx2.RemoteProtocolError(f"the headers have more than {MOST_HEAD_BYTES:,} bytes"))
        elif self._waiting_bytes > MOST_WAITING_BYTES and not self._is_whole and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        if self._has_head:
            self._tell()

    def eof_received(self) -> None:
        """Its end came with word of all that had arrived there by then: where that is nothing of the request, it met
        a connection that was closed already. Of one that is reset, that is not known."""
        assert self._transport is not None
        is_waiting = self._asked and self._head_bytes == 0 and self._acknowledged is not None
        if is_waiting and bytes_acknowledged(self._transport) == self._acknowledged:
            self._lost = self._lost or NotReceived("the connection was closed before the request came")

    def connection_lost(self, exc: Exception | None) -> None:
        if self._watch is not None:
            self._watch.cancel()
        if self._has_head and exc is None and self._ends_with_connection:
            self._is_whole = True
            self._tell()
        elif self._has_head and not self._is_whole:
            self._fail(httpx2.RemoteProtocolError(f"the connection was lost within the answer{_why(exc)}"))
        else:
            self._fail(httpx2.RemoteProtocolError(f"the connection was closed without an answer{_why(exc)}"))

    @property
    def _ends_with_connection(self) -> bool:
        return not ({"content-length", "transfer-encoding"} & self.headers.keys())

    # From the parser

    def on_message_begin(self) -> None:
        if self._is_whole:  # what follows an answer was not asked for
            self._stays = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._is_whole:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text

    def on_headers_complete(self) -> None:
        if self._is_whole:
            return
        self.status = self._parser.get_status_code()
        if self.status < 200:  # early hints and their like; the answer follows
            self.headers = {}
        else:
            self._has_head = True

    def on_body(self, body: bytes) -> None:
        if not self._is_whole:
            self._pieces.append(body)
            self._waiting_bytes += len(body)

    def on_message_complete(self) -> None:
        if self._has_head and not self._is_whole:
            self._is_whole, self._stays = True, self._parser.should_keep_alive()


def _why(error: Exception | None) -> str:
    return f": {error}" if error is not None and str(error) else ""
