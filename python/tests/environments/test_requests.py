"""Requests of a REPL as they are served, without a REPL."""

from __future__ import annotations

import threading
from typing import Any

from repl_harness import completion
from rlm.core.types import RLMChatCompletion

from rlm_worker.environments.requests import MAX_THREADS, RequestService
from rlm_worker.kernel.messages import Request

WAITING = 10


class Held:
    """Answers nothing before it is let go."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.all_asked, self.go = threading.Event(), threading.Event()

    def sub_calls(
        self, prompts: list[str], model: str | None, depth: int, schema: Any = None
    ) -> list[RLMChatCompletion]:
        self.asked += prompts
        if len(self.asked) == MAX_THREADS:
            self.all_asked.set()
        assert self.go.wait(60)
        return [completion(prompt) for prompt in prompts]


def test_what_waits_for_a_thread_at_the_end_is_refused_and_never_asked() -> None:
    held, replies, failures = Held(), dict[int, list[Any]](), list[BaseException]()
    service = RequestService(
        depth=0,
        max_concurrent_subcalls=4,
        subcall_fn=None,
        route=lambda _: held,
        call_tool=lambda *_: {"error": "there is none"},
        reply=lambda request, results: replies.update({request: results}),
        fail=failures.append,
    )
    service.address = ("", 1)
    for number in range(MAX_THREADS + WAITING):
        service.submit(Request(number, "llm_query", [str(number)], None, None))
    assert held.all_asked.wait(60)
    assert not service.close(0.0)
    assert replies == {MAX_THREADS + number: ["Error: the run has ended"] for number in range(WAITING)}
    held.go.set()
    assert service.close(60)
    assert len(replies) == MAX_THREADS + WAITING and failures == []
    assert sorted(held.asked, key=int) == [str(number) for number in range(MAX_THREADS)]
