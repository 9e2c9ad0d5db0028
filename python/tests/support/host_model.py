"""A model that the host serves: the worker's own client of it, over a wire that is a function of this process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Literal

from pydantic import TypeAdapter
from worker_messages import WorkerMessage

from rlm_worker._generated.messages import ModelResult
from rlm_worker.cancel import StopSignal
from rlm_worker.clients.host import HostModelClient
from rlm_worker.wire.host_requests import HostRequests

Message = dict[str, Any]
Answers = Callable[[Message], str | Message | None]
WORKER_MESSAGES = TypeAdapter[Any](WorkerMessage)


class HostModel:
    """``answers`` each request at once, with a text or an outcome; None leaves it open. ``asked``: the requests."""

    def __init__(
        self,
        answers: Answers,
        name: str = "mine",
        which: Literal["root", "sub"] = "sub",
        stop: StopSignal | None = None,
    ) -> None:
        self.asked: list[Message] = []
        self.stop = stop or StopSignal()
        self._answers = answers
        self._arrived = threading.Condition()
        self._requests = HostRequests("run-1", self._write, self.stop)
        self.client = HostModelClient(which, name, self._requests)

    @property
    def prompts(self) -> list[list[Message]]:
        """The messages of each request, in the order of asking."""
        return [request["messages"] for request in self.asked]

    @property
    def open(self) -> int:
        """How many requests the worker waits for."""
        return len(self._requests._waiting)  # pyright: ignore[reportPrivateUsage]

    def wait_for(self, fact: Callable[[], bool]) -> None:
        """Until it holds; it is asked again with every request."""
        with self._arrived:
            assert self._arrived.wait_for(fact, 120), "the model was not asked for it"

    def reply(self, request: Message, answer: str | Message) -> None:
        """Late, to a request that was left open."""
        outcome = completion(answer) if isinstance(answer, str) else answer
        reply = {"type": "model.result", "id": "run-1", "requestId": request["requestId"], "outcome": outcome}
        self._requests.deliver(ModelResult.model_validate(reply))

    def _write(self, message: Message) -> None:
        WORKER_MESSAGES.validate_python(message)
        self.asked.append(message)
        with self._arrived:
            self._arrived.notify_all()
        answer = self._answers(message)
        if answer is not None:
            self.reply(message, answer)


def completion(text: str = "It.", usage: Message | None = None, cost: float | None = None) -> Message:
    return {"kind": "completion", "text": text, "usage": usage, "costUsd": cost, "finishReason": None}


def used(input_tokens: int, output_tokens: int, cache_write_tokens: int = 0) -> Message:
    counted = {"inputTokens": input_tokens, "outputTokens": output_tokens, "cacheWriteTokens": cache_write_tokens}
    return {**counted, "cachedInputTokens": 0, "reasoningTokens": 0}


def failed(message: str) -> Message:
    return {"kind": "error", "message": message}
