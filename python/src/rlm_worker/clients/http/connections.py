"""The open connections to one origin, each used again until its server closes it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from ipaddress import ip_address
from ssl import SSLContext

import httpx2

from .connection import Connection
from .message import Answer, Request

MOST_IDLE_S = 4.0
"""Many servers close a connection that is idle for five seconds: a request must not meet that."""

SURE_S = 0.5
"""What came on a connection that was idle for less is known, if the loop is not far behind."""

HAPPY_EYEBALLS_S = 0.25
"""After which the next address of a host is tried beside the one that does not answer, as RFC 8305 has it."""


class Connections:
    """Of the provider loop alone. As many as there are requests at once."""

    def __init__(self, url: httpx2.URL, tls: SSLContext | None, timeout_s: float) -> None:
        """``tls``: None for plain HTTP."""
        self._host = url.raw_host.decode("ascii").strip("[]")
        self._port = url.port or (443 if url.scheme == "https" else 80)
        self._tls = tls
        self._timeout_s = timeout_s
        self._idle: deque[tuple[Connection, float]] = deque()
        self._pruning: asyncio.TimerHandle | None = None
        self._closed = False

    async def ask(self, request: Request, body: bytes) -> Answer:
        """Raises httpx2.TransportError."""
        connection = self._take() or await self._opened()
        try:
            await connection.ask(b"%b%d\r\n\r\n%b" % (request.head, len(body), body))
        except BaseException:
            connection.close()
            raise

        status, headers, whole = connection.status, connection.headers, connection.whole
        if whole is not None:
            self._give_back(connection)
            return Answer.of_whole(status, headers, whole)

        async def close() -> None:
            self._give_back(connection)

        return Answer(status, headers, connection.body(), close)

    async def aclose(self) -> None:
        self._closed = True
        if self._pruning is not None:
            self._pruning.cancel()
        while self._idle:
            self._idle.pop()[0].close()

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
        if not connection.release():
            return
        if self._closed:
            connection.close()
            return
        self._idle.append((connection, time.monotonic()))
        if self._pruning is None:
            self._pruning = asyncio.get_running_loop().call_later(MOST_IDLE_S, self._prune)

    def _prune(self) -> None:
        """A batch leaves hundreds, which nobody needs soon."""
        oldest = time.monotonic() - MOST_IDLE_S
        while self._idle and self._idle[0][1] <= oldest:
            self._idle.popleft()[0].close()
        self._pruning = asyncio.get_running_loop().call_later(MOST_IDLE_S, self._prune) if self._idle else None

    async def _opened(self) -> Connection:
        loop = asyncio.get_running_loop()
        named = self._host if self._tls is not None else None
        race_s = None if _is_address(self._host) else HAPPY_EYEBALLS_S
        try:
            async with asyncio.timeout(self._timeout_s):
                _, connection = await loop.create_connection(
                    lambda: Connection(self._timeout_s),
                    self._host,
                    self._port,
                    ssl=self._tls,
                    server_hostname=named,
                    happy_eyeballs_delay=race_s,
                )
        except TimeoutError as error:
            raise httpx2.ConnectTimeout(f"no connection for {self._timeout_s:g} s") from error
        except OSError as error:
            raise httpx2.ConnectError(str(error)) from error
        return connection


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
