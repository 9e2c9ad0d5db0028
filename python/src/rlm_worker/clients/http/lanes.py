"""Wide batches over HTTP: many small pools of connections, as the work of one for each call grows with its size."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2

LANE_CALLS = 16
"""Calls that are under way in one pool; each of HTTP/1.1 has a connection of its own."""

MakeClient = Callable[[httpx2.Limits], httpx2.AsyncClient]


class _Lane:
    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client
        self.calls = 0


class LanedClient(httpx2.AsyncClient):
    """A client that sends by others, each made by ``make``. The first that has room is taken, so that connections which
    are open are used again."""

    def __init__(self, make: MakeClient, **settings: Any) -> None:
        super().__init__(**settings)
        self._make = make
        self._lanes: list[_Lane] = []

    async def send(self, request: httpx2.Request, *, stream: bool = False, **how: Any) -> httpx2.Response:
        lane = self._free_lane()
        lane.calls += 1
        try:
            response = await lane.client.send(request, stream=True, **how)
        except BaseException:
            lane.calls -= 1
            raise
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = held = _Held(response.stream, lane)
        if stream and not response.is_closed:
            return response
        try:
            await response.aread()
        finally:
            await held.aclose()
        return response

    async def aclose(self) -> None:
        lanes, self._lanes = self._lanes, []
        for lane in lanes:
            await lane.client.aclose()
        await super().aclose()

    def _free_lane(self) -> _Lane:
        for lane in self._lanes:
            if lane.calls < LANE_CALLS:
                return lane
        limits = httpx2.Limits(max_connections=LANE_CALLS, max_keepalive_connections=LANE_CALLS)
        self._lanes.append(_Lane(self._make(limits)))
        return self._lanes[-1]


class _Held(httpx2.AsyncByteStream):
    """An answer's bytes. Its place in the lane is free once it is closed."""

    def __init__(self, sent: httpx2.AsyncByteStream, lane: _Lane) -> None:
        self._sent = sent
        self._lane = lane
        self._closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._sent.__aiter__()

    async def aclose(self) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            await self._sent.aclose()
        finally:
            self._lane.calls -= 1
