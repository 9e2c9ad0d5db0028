from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from fake_provider import Answer, FakeProvider, in_turn

from rlm_worker.cancel import RunStopped, StopSignal
from rlm_worker.clients.base import ModelRequest
from rlm_worker.clients.loop import provider_loop
from rlm_worker.clients.retry import RetryPolicy, complete_with_retries
from rlm_worker.errors import ProviderError
from wire import MESSAGES, WIRES, Wire, client, gemini_error, openai_answer, openai_error, run

QUICK = RetryPolicy(first_delay_s=0.001, max_delay_s=0.002)
BUSY = Answer(503, openai_error("busy"))


def ignore(error: ProviderError, retry: int, delay_s: float) -> None:
    return None


def complete(server: FakeProvider, backend: str = "openai", on_retry: Any = ignore) -> Any:
    model = client(backend, server.url)
    return run(complete_with_retries(model, ModelRequest(MESSAGES), on_retry=on_retry, policy=QUICK))


@pytest.mark.parametrize("wire", WIRES, ids=str)
@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 529])
def test_what_may_pass_is_tried_again(wire: Wire, status: int) -> None:
    told: list[tuple[int | None, int]] = []
    failing = Answer(status, wire.error("later"))
    with FakeProvider(in_turn(failing, failing, wire.answer())) as server:
        reply, retries = complete(server, wire.backend, lambda error, retry, _: told.append((error.status, retry)))
    assert (reply.text, retries, len(server.requests)) == ("hello", 2, 3)
    assert told == [(status, 1), (status, 2)]


def test_a_lost_connection_is_tried_again() -> None:
    with FakeProvider(in_turn(Answer(reset=True), openai_answer())) as server:
        assert complete(server)[1] == 1


@pytest.mark.parametrize("wire", WIRES, ids=str)
@pytest.mark.parametrize("status", [400, 401, 404, 413])
def test_what_will_not_pass_is_not(wire: Wire, status: int) -> None:
    with FakeProvider(in_turn(Answer(status, wire.error("no")))) as server, pytest.raises(ProviderError) as caught:
        complete(server, wire.backend)
    assert (len(server.requests), caught.value.retries) == (1, 0)


def test_the_fifth_attempt_is_the_last() -> None:
    with FakeProvider(in_turn(BUSY)) as server, pytest.raises(ProviderError, match="busy") as caught:
        complete(server)
    assert (len(server.requests), caught.value.retries) == (5, 4)


def retry_after(headers: dict[str, str], body: Any = None) -> float | None:
    answer = Answer(429, body or openai_error("slow down"), headers)
    backend = "gemini" if body else "openai"
    with FakeProvider(in_turn(answer)) as server, pytest.raises(ProviderError) as caught:
        run(client(backend, server.url).complete(ModelRequest(MESSAGES)))
    return caught.value.retry_after_s


def test_the_providers_wait_is_read_in_every_form() -> None:
    assert retry_after({"Retry-After": "17"}) == 17
    assert retry_after({"retry-after-ms": "250"}) == 0.25
    in_a_minute = retry_after({"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)})
    assert in_a_minute is not None and 0 < in_a_minute <= 60
    assert retry_after({"Retry-After": format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)}) == 0
    assert retry_after({"Retry-After": "soon"}) is None
    detail = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "12.5s"}
    assert retry_after({}, gemini_error("slow", details=[detail])) == 12.5


def rate_limited(after_s: float | None) -> ProviderError:
    return ProviderError("rate_limited", "slow down", status=429, retryable=True, retry_after_s=after_s)


def test_the_providers_wait_is_honoured_up_to_a_bound() -> None:
    policy = RetryPolicy()
    delay = policy.delay_s(1, rate_limited(17))
    assert delay is not None and 17 <= delay <= 17.25
    assert policy.delay_s(1, rate_limited(3600)) is None


def test_without_one_delays_double_up_to_a_bound() -> None:
    policy = RetryPolicy(attempts=9, first_delay_s=1, max_delay_s=10)
    for retry, longest in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 10), (6, 10)]:
        delay = policy.delay_s(retry, rate_limited(None))
        assert delay is not None and longest / 2 <= delay <= longest
    assert policy.delay_s(9, rate_limited(None)) is None


def test_a_wait_ends_when_the_run_stops() -> None:
    stop, waiting = StopSignal(), threading.Event()
    with FakeProvider(in_turn(Answer(429, openai_error("slow"), {"Retry-After": "100"}))) as server:
        work = complete_with_retries(
            client("openai", server.url), ModelRequest(MESSAGES), on_retry=lambda *_: waiting.set()
        )
        stopper = threading.Thread(target=lambda: waiting.wait() and stop.stop("cancelled", "Stopped by the user."))
        stopper.start()
        with pytest.raises(RunStopped, match="Stopped by the user"):
            provider_loop().call(work, stop)
        stopper.join()
    assert len(server.requests) == 1
