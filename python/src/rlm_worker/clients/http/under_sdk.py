"""The same way for an SDK that wants a client of httpx2."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2

from .client import ACCEPTED, HttpClient
from .message import Answer, Request

NOT_PASSED_ON = frozenset({"host", "connection", "content-length", "accept-encoding"})


def under_sdk(http: HttpClient) -> httpx2.AsyncClient:
    """Closing it closes ``http``."""
    return httpx2.AsyncClient(transport=_Through(http), trust_env=False, follow_redirects=False)


class _Through(httpx2.AsyncBaseTransport):
    def __init__(self, http: HttpClient) -> None:
        self._http = http

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = {name.lower(): value for name, value in request.headers.items() if name.lower() not in NOT_PASSED_ON}
        asked = Request(request.method, request.url, {**headers, "accept-encoding": ACCEPTED})
        answer = await self._http.ask(asked, await request.aread())
        plain = {name: value for name, value in answer.headers.items() if name != "content-encoding"}
        return httpx2.Response(answer.status, headers=plain, stream=_Pieces(answer))

    async def aclose(self) -> None:
        await self._http.aclose()


class _Pieces(httpx2.AsyncByteStream):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._answer.pieces

    async def aclose(self) -> None:
        await self._answer.close()
