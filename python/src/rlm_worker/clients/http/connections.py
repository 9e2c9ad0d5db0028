"""The open connections to one origin, each used again until its server closes it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from ssl import SSLContext

import httpx2

from .connection import Connection
from .message import Answer, Request

MOST_IDLE_S = 4.0
"""Many servers close a connection that is idle for five seconds: a request must not meet that."""

SURE_S = 0.5
"""What came on a connection that was idle for less is known, if the loop is not far behind."""


class Connections:
    """Of the provider loop alone. As many as there are requests at once."""

    def __init__(self, url: httpx2.URL, tls: SSLContext, timeout_s: float) -> None:
        self._host = url.raw_host.decode("ascii").strip("[]")
        self._port = url.port or (443 if url.scheme == "https" else 80)
        self._tls = tls if url.scheme == "https" else None
        self._timeout_s = timeout_s
        self._idle: deque[tuple[Connection, float]] = deque()
        self._closed = False

    async def ask(self, request: Request, body: bytes) -> Answer:
        """Raises httpx2.TransportError."""
        connection = self._take() or await self._opened()
        try:
            await connection.ask(b"%b%d\r\n\r\n%b" % (request.head, len(body), body), self._timeout_s)
        except BaseException:
            connection.close()
            raise

        async def close() -> None:
            self._give_back(connection)

        return Answer(connection.status, connection.headers, self._body(connection), close)

    async def aclose(self) -> None:
        self._closed = True
        while self._idle:
            self._idle.pop()[0].close()

    async def _body(self, connection: Connection) -> AsyncIterator[bytes]:
        async for piece in connection.body(self._timeout_s):
            yield piece

    def _take(self) -> Connection | None:
        """The one used last: those that are idle longest come to their end."""
        now = time.monotonic()
        while self._idle:
            connection, since = self._idle.pop()
            if now - since < MOST_IDLE_S and connection.is_usable and (now - since < SURE_S or connection.is_silent):
                return connection
            connection.close()
        return None

    def _give_back(self, connection: Connection) -> None:
        now = time.monotonic()
        if connection.release():
            self._idle.append((connection, now))
        while self._idle and (self._closed or now - self._idle[0][1] > MOST_IDLE_S):
            self._idle.popleft()[0].close()

    async def _opened(self) -> Connection:
        loop = asyncio.get_running_loop()
        named = self._host if self._tls is not None else None
        try:
            async with asyncio.timeout(self._timeout_s):
                _, connection = await loop.create_connection(
                    Connection, self._host, self._port, ssl=self._tls, server_hostname=named, happy_eyeballs_delay=0.25
                )
        except TimeoutError as error:
            raise httpx2.ConnectTimeout(f"no connection for {self._timeout_s:g} s") from error
        except OSError as error:
            raise httpx2.ConnectError(str(error)) from error
        return connection
