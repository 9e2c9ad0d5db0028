"""Sub-calls: the official ``LMHandler`` with every request metered, and no socket unless an environment needs one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from threading import Thread
from typing import Any, cast

from rlm.clients.base_lm import BaseLM
from rlm.core.comms_utils import LMRequest, LMResponse
from rlm.core.lm_handler import LMHandler, LMRequestHandler, ThreadingLMServer
from rlm.core.types import ModelUsageSummary, RLMChatCompletion, UsageSummary

from ..cancel import RunStopped
from ..clients.loop import provider_loop
from ..clients.messages import Messages
from ..clients.reply_schema import Schema
from ..ledger.calls import CallRecord
from .scope import Node, Scope

SOCKET_POLL_SECONDS = 0.02
"""How long closing a socket server waits; the official half second would be paid by every child."""


class MeteredClient(BaseLM):
    """One place in the tree, as the official library sees a client. It knows its own last call only."""

    def __init__(self, scope: Scope, node: Node) -> None:
        self.model_name = node.model.name
        self._scope = scope
        self._node = node
        self._last: CallRecord | None = None

    def completion(self, prompt: Any) -> str:
        """Raises ValueError for a prompt that is neither text nor messages, and what ``Ledger.call`` raises."""
        node = self._node
        node.last_reply = self._last = self._scope.ledger.call(
            node.model, to_messages(prompt), node.caller, node.schema
        )
        return self._last.text

    async def acompletion(self, prompt: Any) -> str:
        """``completion``, for a coroutine of any loop."""
        return await asyncio.to_thread(self.completion, prompt)

    def get_last_usage(self) -> ModelUsageSummary:
        return _summary([self._last] if self._last else [])

    def get_usage_summary(self) -> UsageSummary:
        return usage_by_model(self._scope.ledger.records(self._node.path))


class SubCallHandler(LMHandler):
    """The handler of one node: its own turns, and every ``llm_query`` of its REPL."""

    def __init__(self, scope: Scope, node: Node, client: BaseLM) -> None:
        super().__init__(client)
        self._scope = scope
        self._node = node

    def start(self) -> tuple[str, int]:
        if self._scope.in_process:
            self.host, self._port = self._scope.add_router(self)
        elif self._server is None:
            self._server = _Server((self.host, 0), self)
            poll = {"poll_interval": SOCKET_POLL_SECONDS}
            self._thread = Thread(target=self._server.serve_forever, kwargs=poll, name="sub-calls", daemon=True)
            self._thread.start()
            self._scope.add_router(self, self.address)
        return self.address

    def stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def completion(self, prompt: Any, model: str | None = None) -> str:
        """One of the node's own turns."""
        return self.default_client.completion(prompt)

    def get_client(self, model: str | None = None, depth: int = 0) -> BaseLM:
        """A new view for one request; the sub model serves it, whatever depth the environment names."""
        served = self._scope.models.serving(model)
        return MeteredClient(self._scope, self._node.plain_call("llm_query", served, model))

    def get_usage_summary(self) -> UsageSummary:
        return usage_by_model(self._scope.ledger.records(self._node.path))

    def sub_calls(
        self, prompts: list[str], model: str | None, depth: int, schema: Schema | None = None
    ) -> list[RLMChatCompletion]:
        """Plain completions, at once, in the order of ``prompts``. A failed or refused one has ``error`` set.

        ``schema``: what each reply is to fit.

        Raises:
            RunStopped: the run was stopped; calls in flight are closed first.
        """
        batch = SubCallBatch(self._scope, self._node, model, schema)
        return provider_loop().call(batch.complete(prompts), self._scope.stop)


def ended(completion: RLMChatCompletion, reply: CallRecord | None) -> RLMChatCompletion:
    """With how the reply of a plain call was cut, where the official format has a place for more."""
    if reply is not None and reply.cut is not None:
        completion.metadata = {"finish_reason": reply.finish_reason, "cut": reply.cut}
    return completion


class SubCallBatch:
    """Plain calls of one node, each a coroutine: no thread stands for any of them."""

    def __init__(self, scope: Scope, node: Node, model: str | None, schema: Schema | None) -> None:
        self._scope, self._schema = scope, schema
        self._served = scope.models.serving(model)
        self._caller = node.plain_call("llm_query", self._served, model, schema).caller

    async def complete(self, prompts: Sequence[Any]) -> list[RLMChatCompletion]:
        """In the order of ``prompts``, and started in it. Raises RunStopped."""
        completions: list[Any] = [None] * len(prompts)
        left = iter(enumerate(prompts))

        async def work() -> None:
            for index, prompt in left:
                completions[index] = await self._complete(prompt)

        width = min(len(prompts), self._scope.spec.limits.max_concurrent_sub_calls)
        workers = [asyncio.ensure_future(work()) for _ in range(max(1, width))]
        try:
            await asyncio.gather(*workers)
        finally:  # of a run that is stopped, none is left under way
            for worker in workers:
                worker.cancel()
            await asyncio.wait(workers)
        return completions

    async def _complete(self, prompt: Any) -> RLMChatCompletion:
        name, started = self._served.name, time.perf_counter()
        try:
            reply = await self._scope.ledger.call_async(self._served, to_messages(prompt), self._caller, self._schema)
        except Exception as error:
            return RLMChatCompletion(name, prompt, "", UsageSummary({}), 0.0, error=str(error))
        usage = UsageSummary({name: _summary_of(reply)})
        return ended(RLMChatCompletion(name, prompt, reply.text, usage, time.perf_counter() - started), reply)


class _RequestHandler(LMRequestHandler):
    """The official socket protocol, for pass-through environments, over the same sub-calls."""

    def handle(self) -> None:
        try:
            super().handle()
        except RunStopped as stopped:
            self._safe_send(LMResponse.error_response(stopped.message))

    def _handle_single(self, request: LMRequest, handler: LMHandler) -> LMResponse:
        completion = cast("SubCallHandler", handler).sub_calls([cast("str", request.prompt)], request.model, 0)[0]
        if completion.error is not None:
            return LMResponse.error_response(completion.error)
        return LMResponse.success_response(completion)

    def _handle_batched(self, request: LMRequest, handler: LMHandler) -> LMResponse:
        prompts = cast("list[str]", request.prompts)
        return LMResponse.batched_success_response(cast("SubCallHandler", handler).sub_calls(prompts, request.model, 0))


class _Server(ThreadingLMServer):
    def __init__(self, address: tuple[str, int], handler: SubCallHandler) -> None:
        super().__init__(address, _RequestHandler)
        self.lm_handler = handler


def to_messages(prompt: Any) -> Messages:
    """Text becomes one user message; a list of messages is copied. Raises ValueError for anything else."""
    if isinstance(prompt, str):
        return [{"role": "user", "content": prompt}]
    if isinstance(prompt, list):
        items = cast("list[Any]", prompt)
        if items and all(isinstance(item, dict) for item in items):
            return [dict(cast("dict[str, Any]", item)) for item in items]
    raise ValueError(f"Invalid prompt type: {type(cast('object', prompt)).__name__}. Pass text or a list of messages.")


def usage_by_model(records: Iterable[CallRecord]) -> UsageSummary:
    """The official summary of some calls, failed ones included."""
    by_model: dict[str, list[CallRecord]] = {}
    for record in records:
        by_model.setdefault(record.model, []).append(record)
    return UsageSummary({model: _summary(calls) for model, calls in by_model.items()})


def _summary_of(record: CallRecord) -> ModelUsageSummary:
    cost = None if record.cost_usd is None else float(record.cost_usd)
    return ModelUsageSummary(1, record.usage.input_tokens, record.usage.output_tokens, cost)


def _summary(records: list[CallRecord]) -> ModelUsageSummary:
    costs = [record.cost_usd for record in records]
    known = [cost for cost in costs if cost is not None]
    return ModelUsageSummary(
        total_calls=len(records),
        total_input_tokens=sum(record.usage.input_tokens for record in records),
        total_output_tokens=sum(record.usage.output_tokens for record in records),
        total_cost=float(sum(known)) if len(known) == len(costs) and costs else None,
    )
