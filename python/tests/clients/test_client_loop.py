from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fake_provider import Answer, FakeProvider, in_turn

from rlm_worker.cancel import RunStopped, StopSignal
from rlm_worker.clients.base import ModelRequest
from rlm_worker.clients.loop import CLOSE_GRACE_S, ProviderLoop, provider_loop
from wire import MESSAGES, WIRES, Wire, client

PATIENCE_S = 30.0


async def never() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_stopping_closes_the_connection(wire: Wire) -> None:
    stop = StopSignal()
    with FakeProvider(in_turn(Answer(hang=True))) as server:
        model = client(wire.backend, server.url)

        def stop_when_the_provider_has_the_request() -> None:
            server.wait(lambda provider: provider.requests != [])
            stop.stop("cancelled", "Stopped by the user.")

        stopper = threading.Thread(target=stop_when_the_provider_has_the_request)
        stopper.start()
        with pytest.raises(RunStopped) as caught:
            provider_loop().call(model.complete(ModelRequest(MESSAGES)), stop)
        # Otherwise a stopped call goes on and is billed.
        server.wait(lambda provider: provider.closed == 1)
        stopper.join()
    assert (caught.value.code, caught.value.message) == ("cancelled", "Stopped by the user.")


@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_ten_batches_of_eight_on_one_client(wire: Wire) -> None:
    """The official library fails every second batch here: its async client meets a new event loop in each."""
    stop = StopSignal()
    with FakeProvider(in_turn(wire.answer())) as server, ThreadPoolExecutor(8) as threads:
        model = client(wire.backend, server.url)

        def one(_: int) -> str:
            return provider_loop().call(model.complete(ModelRequest(MESSAGES)), stop).text

        for _ in range(10):
            assert list(threads.map(one, range(8))) == ["hello"] * 8
        provider_loop().call(model.aclose(), stop)
    assert len(server.requests) == 80


def test_a_stopped_run_starts_no_call() -> None:
    stop = StopSignal()
    stop.stop("duration_exceeded", "Out of time.")
    started: list[bool] = []

    async def start() -> None:
        started.append(True)

    with pytest.raises(RunStopped, match="Out of time"):
        provider_loop().call(start(), stop)
    assert started == []


def test_a_result_that_came_with_the_stop_is_kept() -> None:
    stop = StopSignal()

    async def finish_as_the_run_stops() -> str:
        stop.stop("cancelled", "Stopped.")
        return "paid for"

    assert provider_loop().call(finish_as_the_run_stops(), stop) == "paid for"


def test_errors_come_out_as_they_are() -> None:
    async def fail() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        provider_loop().call(fail(), StopSignal())


def test_a_call_that_will_not_end_is_left_behind() -> None:
    stop, stubborn = StopSignal(), threading.Event()

    async def ignore_cancelling() -> None:
        stop.stop("cancelled", "Stopped.")  # it has begun
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            stubborn.set()
            await asyncio.sleep(CLOSE_GRACE_S + PATIENCE_S)

    loop = ProviderLoop()
    with pytest.raises(RunStopped):
        loop.call(ignore_cancelling(), stop)
    assert stubborn.wait(PATIENCE_S)


def test_one_stop_ends_every_call_of_its_run_and_no_other() -> None:
    stop, other = StopSignal(), StopSignal()
    with ThreadPoolExecutor(9) as threads:
        doomed = [threads.submit(provider_loop().call, never(), stop) for _ in range(8)]
        spared = threads.submit(provider_loop().call, asyncio.sleep(0.05, "kept"), other)
        stop.stop("cancelled", "Stopped.")
        for call in doomed:
            with pytest.raises(RunStopped):
                call.result(PATIENCE_S)
        assert spared.result(PATIENCE_S) == "kept"


def test_the_loop_does_not_wait_for_itself() -> None:
    async def call_from_inside() -> None:
        provider_loop().call(never(), StopSignal())

    with pytest.raises(RuntimeError, match="its own thread"):
        provider_loop().call(call_from_inside(), StopSignal())
