"""Effects on their way to the host: sent together, each waited for no longer than its own request."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from rlm_worker._generated.messages import JournalResult
from rlm_worker.cancel import RunStopped, StopSignal
from rlm_worker.journal.appends import Appends
from rlm_worker.journal.aside import EffectsAside
from rlm_worker.wire.host_requests import HostRequests

WATCHDOG_S = 60


class SlowHost:
    """Takes requests, and replies when it is told to."""

    def __init__(self) -> None:
        self.stop = StopSignal()
        self.requests: list[dict[str, Any]] = []
        self._came = threading.Condition()
        self.host = HostRequests("run", self._take, self.stop)
        self.appends = Appends(self.host, self.stop, EffectsAside(None))

    def _take(self, request: dict[str, Any]) -> None:
        with self._came:
            self.requests.append(request)
            self._came.notify_all()

    def sent(self, count: int) -> list[list[str]]:
        """The effects of each request, once there are so many."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.requests) >= count, WATCHDOG_S)
            return [[effect["child"] for effect in request["effects"]] for request in self.requests]

    def reply(self, index: int, outcome: dict[str, Any] | None = None) -> None:
        outcome = outcome or {"kind": "appended"}
        request_id = self.requests[index]["requestId"]
        reply = {"type": "journal.result", "id": "run", "requestId": request_id, "outcome": outcome}
        self.host.deliver(JournalResult.model_validate(reply, by_alias=True, by_name=False))

    def append(self, name: str) -> None:
        self.appends.wait(self.appends.add(effect(name), 0))


def effect(name: str) -> Any:
    return {"kind": "child.spawned", "node": "0", "iteration": 1, "codeBlock": 0, "key": "a" * 32, "child": name}


def test_what_is_added_while_a_request_is_under_way_goes_with_the_next_and_waits_for_no_third() -> None:
    slow = SlowHost()
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(slow.append, "first")
        assert slow.sent(1) == [["first"]]
        batches = [slow.appends.add(effect(name), 0) for name in "abc"]
        waiting = [pool.submit(slow.appends.wait, batch) for batch in batches]
        slow.reply(0)
        first.result(WATCHDOG_S)
        assert slow.sent(2)[1] == ["a", "b", "c"]
        third = pool.submit(slow.append, "third")
        slow.reply(1)
        for one in waiting:
            one.result(WATCHDOG_S)
        assert slow.sent(3)[2] == ["third"]
        slow.reply(2)
        third.result(WATCHDOG_S)


@pytest.mark.parametrize("requests", [1, 2])
def test_nobody_waits_on_when_the_run_is_stopped(requests: int) -> None:
    slow = SlowHost()
    with ThreadPoolExecutor(8) as pool:
        waiting = some_wait(slow, pool, requests)
        slow.stop.stop("cancelled", "enough")
        for one in waiting:
            with pytest.raises(RunStopped, match="enough"):
                one.result(WATCHDOG_S)


@pytest.mark.parametrize("requests", [1, 2])
def test_what_cannot_be_written_stops_the_run_for_all_who_wait(requests: int) -> None:
    slow = SlowHost()
    with ThreadPoolExecutor(8) as pool:
        waiting = some_wait(slow, pool, requests)
        slow.reply(requests - 1, {"kind": "error", "message": "the disk is full"})
        for one in waiting:
            with pytest.raises(RunStopped, match="the disk is full"):
                one.result(WATCHDOG_S)
    assert slow.stop.code == "store_failed"


def some_wait(slow: SlowHost, pool: ThreadPoolExecutor, requests: int) -> list[Future[None]]:
    """Behind a request that is under way; with two, they are in it."""
    first = pool.submit(slow.append, "first")
    slow.sent(1)
    batches = [slow.appends.add(effect(name), 0) for name in "abcd"]
    waiting = [pool.submit(slow.appends.wait, batch) for batch in batches]
    if requests == 1:
        return [first, *waiting]
    slow.reply(0)
    first.result(WATCHDOG_S)
    assert slow.sent(2)[1] == ["a", "b", "c", "d"]
    return waiting


def test_every_one_of_many_threads_gets_its_own_effect_written() -> None:
    slow = SlowHost()
    done = threading.Event()

    def answer() -> None:
        for count in range(1, 10_000):
            slow.sent(count)
            if done.is_set():
                return
            slow.reply(count - 1)

    answering = threading.Thread(target=answer, daemon=True)
    answering.start()
    names = [f"{thread}-{n}" for thread in range(16) for n in range(20)]
    with ThreadPoolExecutor(16) as pool:
        for one in [pool.submit(slow.append, name) for name in names]:
            one.result(WATCHDOG_S)
    assert sorted(name for sent in slow.sent(1) for name in sent) == sorted(names)
    done.set()
    slow.appends.add(effect("last"), 0)
    slow.appends.flush()
    answering.join(WATCHDOG_S)
