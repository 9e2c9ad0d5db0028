"""Wide batches over HTTP: small pools, each with room for some calls, and room again whatever becomes of a call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx2
import pytest

from rlm_worker.clients.http.lanes import LANE_CALLS, LanedClient


class Lanes:
    """How many calls are under way in each pool, and the most that ever were."""

    def __init__(self, answer: Callable[[httpx2.Request], Awaitable[httpx2.Response]]) -> None:
        self.now: list[int] = []
        self.most: list[int] = []
        self._answer = answer
        self.client = LanedClient(self._make)

    def _make(self, limits: httpx2.Limits) -> httpx2.AsyncClient:
        lane = len(self.now)
        self.now.append(0)
        self.most.append(0)
        assert limits.max_connections == limits.max_keepalive_connections == LANE_CALLS

        async def answer(request: httpx2.Request) -> httpx2.Response:
            self.now[lane] += 1
            self.most[lane] = max(self.most[lane], self.now[lane])
            try:
                return await self._answer(request)
            finally:
                self.now[lane] -= 1

        return httpx2.AsyncClient(transport=httpx2.MockTransport(answer))


async def soon(request: httpx2.Request) -> httpx2.Response:
    await asyncio.sleep(0.01)
    return httpx2.Response(200, content=sent(request.url.path.encode()))


async def sent(content: bytes) -> AsyncIterator[bytes]:
    yield content


def test_calls_at_once_share_pools_that_are_never_over_full_and_the_first_with_room_is_taken() -> None:
    lanes = Lanes(soon)

    async def calls(number: int) -> list[str]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(lanes.client.get(f"http://x/{n}")) for n in range(number)]
        return [task.result().text for task in tasks]

    async def run() -> None:
        assert await calls(3 * LANE_CALLS + 1) == [f"/{n}" for n in range(3 * LANE_CALLS + 1)]
        assert lanes.most == [LANE_CALLS, LANE_CALLS, LANE_CALLS, 1]
        await calls(2 * LANE_CALLS)
        assert len(lanes.most) == 4

    asyncio.run(run())


async def fails(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused")


async def breaks_off(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, content=breaking())


async def breaking() -> AsyncIterator[bytes]:
    yield b"half"
    raise httpx2.RemoteProtocolError("broken off")


async def hangs(request: httpx2.Request) -> httpx2.Response:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("answer", [fails, breaks_off, hangs])
def test_a_call_that_comes_to_nothing_leaves_its_place(answer: Callable[..., Awaitable[httpx2.Response]]) -> None:
    lanes = Lanes(answer)

    async def run() -> None:
        for _ in range(2 * LANE_CALLS):
            with pytest.raises((httpx2.TransportError, TimeoutError)):
                async with asyncio.timeout(0.01 if answer is hangs else None):
                    await lanes.client.get("http://x/")

    asyncio.run(run())
    assert len(lanes.now) == 1


def test_an_answer_that_streams_has_its_place_until_it_is_closed() -> None:
    lanes = Lanes(soon)

    async def run() -> None:
        open_answers = [
            await lanes.client.send(lanes.client.build_request("GET", "http://x/"), stream=True)
            for _ in range(LANE_CALLS)
        ]
        await lanes.client.get("http://x/")
        assert len(lanes.now) == 2
        for answer in open_answers:
            await answer.aclose()
            await answer.aclose()
        for _ in range(LANE_CALLS + 1):
            await lanes.client.get("http://x/")
        assert len(lanes.now) == 2

    asyncio.run(run())
