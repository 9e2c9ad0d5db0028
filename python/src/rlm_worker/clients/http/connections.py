"""The open connections to one origin, each used again until its server closes it."""

from __future__ import annotations

import asyncio
import time
from collections import deque

from .connection import Connection
from .message import Answer, Request
from .opener import Opener
from .receipt import NotReceived

MOST_IDLE_S = 4.0
"""Many servers close a connection that is idle for five seconds: a request must not meet that."""

SURE_S = 0.5
"""What came on a connection that was idle for less is known, if the loop is not far behind."""


class Connections:
    """Of the provider loop alone. As many as there are requests at once."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._idle: deque[tuple[Connection, float]] = deque()
        self._pruning: asyncio.TimerHandle | None = None
        self._closed = False

    async def ask(self, request: Request, body: bytes) -> Answer:
        """Raises httpx2.TransportError. What met a connection that its server had closed is asked on a new one; any
        other that was lost without an answer may have been read, and billed: that is for the caller to know."""
        sent = b"%b%d\r\n\r\n%b" % (request.head, len(body), body)
        connection = self._take()
        try:
            connection = await self._asked(connection or await self._opener.open(), sent)
        except NotReceived:
            if connection is None:
                raise
            connection = await self._asked(await self._opener.open(), sent)
        status, headers, whole = connection.status, connection.headers, connection.whole
        if whole is not None:
            self._give_back(connection)
            return Answer.of_whole(status, headers, whole)

        async def close() -> None:
            self._give_back(connection)

        return Answer(status, headers, connection.body(), close)

    async def _asked(self, connection: Connection, sent: bytes) -> Connection:
        try:
            await connection.ask(sent)
        except BaseException:
            connection.close()
            raise
        return connection

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
