"""Wide batches: a coroutine for each call, in the order of asking, and none of them left under way."""

from __future__ import annotations

import threading
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from host_model import Answers, Message, completion, used
from run_tree import Tree

from rlm_worker.cancel import RunStopped
from rlm_worker.loop.scope import Node
from rlm_worker.loop.sub_calls import MeteredClient, SubCallHandler

WIDTH = 1000


def handler(sub: Answers, **limits: Any) -> tuple[SubCallHandler, Tree]:
    """Of the root of a tree whose sub-calls ``sub`` serves."""
    tree = Tree(lambda _: "", sub, max_concurrent_sub_calls=WIDTH, **limits)
    node = Node("0", 0, tree.scope.models.root, "root")
    return SubCallHandler(tree.scope, node, MeteredClient(tree.scope, node)), tree


def asked_for(request: Message) -> str:
    return request["messages"][0]["content"]


@pytest.mark.slow
def test_a_thousand_calls_at_once_have_no_thread_of_their_own() -> None:
    most = [0]

    def threads_when_all_are_asked(request: Message) -> str | None:
        most[0] = max(most[0], tree.sub.open)
        if len(tree.sub.asked) < WIDTH:
            return None
        for waiting in tree.sub.asked[: WIDTH - 1] if len(tree.sub.asked) == WIDTH else []:
            tree.sub.reply(waiting, str(threading.active_count()))
        return str(threading.active_count())

    handles, tree = handler(threads_when_all_are_asked, max_sub_calls=3 * WIDTH)
    before = threading.active_count()
    threads = {int(call.response) for call in handles.sub_calls(["?"] * 3 * WIDTH, None, 0)}
    assert most == [WIDTH]
    assert max(threads) <= before + 1, "the provider loop's"


def test_replies_come_in_the_order_of_the_prompts_and_calls_start_in_it() -> None:
    handles, tree = handler(lambda request: asked_for(request).upper())
    prompts = [f"prompt {n}" for n in range(40)]
    assert [call.response for call in handles.sub_calls(prompts, None, 0)] == [p.upper() for p in prompts]
    assert list(map(asked_for, tree.sub.asked)) == prompts
    started = [event["call"] for event in tree.kit.events if event["type"] == "call.started"]
    assert started == [f"call-{n}" for n in range(1, 41)]


def test_one_call_over_the_budget_cuts_off_all_that_are_in_flight() -> None:
    """The hundredth costs more than was set aside; the others never end."""

    def dear(request: Message) -> Message | None:
        return completion("dear", used(10, 1_000_000)) if asked_for(request) == "99" else None

    handles, tree = handler(dear, max_budget_usd=Decimal(1))
    with pytest.raises(RunStopped) as stopped:
        handles.sub_calls([str(n) for n in range(100)], None, 0)
    assert (stopped.value.code, len(tree.sub.asked), tree.sub.open) == ("budget_exceeded", 100, 0)
    outcomes = Counter(call["outcome"] for call in tree.kit.completed())
    assert outcomes == {"succeeded": 1, "abandoned": 99}


def test_a_prompt_that_is_none_and_a_refused_call_are_errors_in_their_place() -> None:
    handles, _ = handler(lambda _: "ok", max_sub_calls=2)
    prompts: list[Any] = ["one", 7, "two", "three"]
    calls = handles.sub_calls(prompts, None, 0)
    assert [call.response for call in calls] == ["ok", "", "ok", ""]
    assert "Invalid prompt type" in str(calls[1].error) and "sub-call limit" in str(calls[3].error)
