"""The way through a proxy of the environment: httpx2 knows of SOCKS, of passwords, and of what NO_PROXY may say."""

from __future__ import annotations

import asyncio
import os
from ssl import SSLContext

import httpx2

from ..rules import rejected
from .lanes import LanedClient
from .message import Answer, Request

PROXY_VARIABLES = frozenset({"all_proxy", "http_proxy", "https_proxy"})


def names_a_proxy() -> bool:
    """Whether the environment does, for any address."""
    return any(name.lower() in PROXY_VARIABLES and os.environ[name] for name in os.environ)


class Proxied:
    """Raises httpx2.TransportError."""

    def __init__(self, tls: SSLContext, timeout_s: float) -> None:
        """Raises RunError invalid_setting, naming the variable that cannot be used."""

        def lane(limits: httpx2.Limits) -> httpx2.AsyncClient:
            return httpx2.AsyncClient(verify=tls, timeout=timeout_s, limits=limits)

        try:
            self._client = LanedClient(lane, verify=tls)
        except (ValueError, httpx2.InvalidURL) as error:
            raise _unusable(str(error)) from None

    async def ask(self, request: Request, body: bytes) -> Answer:
        await asyncio.sleep(0)  # as ``Connection.ask``: the host has heard of a call that is sent
        sent = self._client.build_request(request.method, request.url, headers=dict(request.headers), content=body)
        response = await self._client.send(sent, stream=True, follow_redirects=False)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, response.aiter_raw(), response.aclose)

    async def aclose(self) -> None:
        await self._client.aclose()


def _unusable(said: str) -> Exception:
    proxies = {name: value for name, value in os.environ.items() if name.lower() in {*PROXY_VARIABLES, "no_proxy"}}
    for value in proxies.values():  # it may hold a password
        said = said.replace(value, "…") if value else said
    names = ", ".join(sorted(name for name, value in proxies.items() if value)) or "The proxy"
    return rejected(f"{names}: a proxy's address cannot be used: {said}. Give it as http://host:port.")
