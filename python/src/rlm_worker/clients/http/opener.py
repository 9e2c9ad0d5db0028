"""How a connection to an origin is opened: a batch opens hundreds at once, and its host's name is asked for once."""

from __future__ import annotations

import asyncio
import time
from ipaddress import ip_address
from ssl import SSLContext

import httpx2

from .connection import Connection

HAPPY_EYEBALLS_S = 0.25
"""After which the next address of a host is tried beside the one that does not answer, as RFC 8305 has it."""

ADDRESS_S = 10.0
"""How long the address that answered is taken for the host's, without asking again."""


class Opener:
    """Of the provider loop alone."""

    def __init__(self, url: httpx2.URL, tls: SSLContext | None, timeout_s: float) -> None:
        """``tls``: None for plain HTTP."""
        self._host = url.raw_host.decode("ascii").strip("[]")
        self._port = url.port or (443 if url.scheme == "https" else 80)
        self._tls = tls
        self._timeout_s = timeout_s
        self._is_address = _is_address(self._host)
        self._answered: tuple[str, float] | None = None
        self._asking = asyncio.Lock()

    async def open(self) -> Connection:
        """Raises httpx2.ConnectError and ConnectTimeout."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._opened()
        except TimeoutError as error:
            raise httpx2.ConnectTimeout(f"no connection for {self._timeout_s:g} s") from error
        except OSError as error:
            raise httpx2.ConnectError(str(error)) from error

    async def _opened(self) -> Connection:
        if self._is_address:
            return await self._opened_at(self._host)
        connection = await self._opened_where_one_answered()
        if connection is not None:
            return connection
        async with self._asking:  # whoever waits here has an address then
            connection = await self._opened_where_one_answered()
            if connection is None:
                connection = await self._opened_at(self._host, HAPPY_EYEBALLS_S)
                self._answered = (connection.peer, time.monotonic() + ADDRESS_S)
            return connection

    async def _opened_where_one_answered(self) -> Connection | None:
        """None when no address is known, or it does not answer any more."""
        address, until = self._answered or ("", 0.0)
        if time.monotonic() >= until:
            return None
        try:
            return await self._opened_at(address)
        except OSError:
            self._answered = None
            return None

    async def _opened_at(self, host: str, race_s: float | None = None) -> Connection:
        named = self._host if self._tls is not None else None
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: Connection(self._timeout_s),
            host,
            self._port,
            ssl=self._tls,
            server_hostname=named,
            happy_eyeballs_delay=race_s,
        )
        return connection


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
