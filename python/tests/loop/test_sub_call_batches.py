"""Wide batches: a coroutine for each call, in the order of asking, and none of them left under way."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from fake_models import FakeModel, LedgerKit, StuckModel, reply
from fake_tree import Tree

from rlm_worker.cancel import RunStopped
from rlm_worker.clients.base import ModelReply, ModelRequest, TokenUsage
from rlm_worker.loop.scope import Node
from rlm_worker.loop.sub_calls import MeteredClient, SubCallHandler

WIDTH = 1000


class CountingModel(FakeModel):
    """Answers once ``width`` calls are under way, with how many threads there are then."""

    def __init__(self, width: int) -> None:
        super().__init__("small", lambda _: "")
        self.most = 0
        self._width, self._now, self._full = width, 0, asyncio.Event()

    async def _attempt(self, request: ModelRequest, output_limit: int | None) -> ModelReply:
        self._now += 1
        self.most = max(self.most, self._now)
        if self._now == self._width:
            self._full.set()
        await self._full.wait()
        self._now -= 1
        return reply(str(threading.active_count()))


def handler(sub: FakeModel, **limits: Any) -> tuple[SubCallHandler, LedgerKit]:
    """Of the root of a tree whose sub-calls ``sub`` serves."""
    tree = Tree(lambda _: "", sub, max_concurrent_sub_calls=WIDTH, **limits)
    node = Node("0", 0, tree.scope.models.root, "root")
    return SubCallHandler(tree.scope, node, MeteredClient(tree.scope, node)), tree.kit


def test_a_thousand_calls_at_once_have_no_thread_of_their_own() -> None:
    sub = CountingModel(WIDTH)
    handles, _ = handler(sub, max_sub_calls=3 * WIDTH)
    before = threading.active_count()
    threads = {int(call.response) for call in handles.sub_calls(["?"] * 3 * WIDTH, None, 0)}
    assert sub.most == WIDTH
    assert max(threads) <= before + 1, "the provider loop's"


def test_replies_come_in_the_order_of_the_prompts_and_calls_start_in_it() -> None:
    sub = FakeModel("small", lambda messages: messages[0]["content"].upper())
    handles, kit = handler(sub)
    prompts = [f"prompt {n}" for n in range(40)]
    assert [call.response for call in handles.sub_calls(prompts, None, 0)] == [p.upper() for p in prompts]
    assert [messages[0]["content"] for messages, _ in sub.seen] == prompts
    started = [event["call"] for event in kit.events if event["type"] == "call.started"]
    assert started == [f"call-{n}" for n in range(1, 41)]


def test_one_call_over_the_budget_cuts_off_all_that_are_in_flight() -> None:
    class DearModel(StuckModel):
        """Its hundredth call costs more than was set aside; the others never end."""

        async def _attempt(self, request: ModelRequest, output_limit: int | None) -> ModelReply:
            if request.messages[0]["content"] == "99":
                return reply("dear", TokenUsage(10, 1_000_000))
            return await super()._attempt(request, output_limit)

    sub = DearModel("priced")
    handles, kit = handler(sub, max_budget_usd=Decimal(1))
    with pytest.raises(RunStopped) as stopped:
        handles.sub_calls([str(n) for n in range(100)], None, 0)
    assert (stopped.value.code, sub.cancelled) == ("budget_exceeded", 99)
    outcomes = Counter(call["outcome"] for call in kit.completed())
    assert outcomes == {"succeeded": 1, "abandoned": 99}


def test_a_prompt_that_is_none_and_a_refused_call_are_errors_in_their_place() -> None:
    handles, _ = handler(FakeModel("small", lambda _: "ok"), max_sub_calls=2)
    prompts: list[Any] = ["one", 7, "two", "three"]
    calls = handles.sub_calls(prompts, None, 0)
    assert [call.response for call in calls] == ["ok", "", "ok", ""]
    assert "Invalid prompt type" in str(calls[1].error) and "sub-call limit" in str(calls[3].error)
