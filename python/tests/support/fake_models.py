"""In-process models and everything a ledger needs, for tests without a provider or a process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from journals import no_journal

from rlm_worker.cancel import StopSignal
from rlm_worker.clients.base import ClientSettings, ModelClient, ModelReply, ModelRequest, TokenUsage
from rlm_worker.clients.failures import CallTarget
from rlm_worker.ledger.ledger import Ledger
from rlm_worker.ledger.models import Model
from rlm_worker.ledger.prices import PriceBook
from rlm_worker.wire.events import Events
from rlm_worker.wire.redaction import Redactor

Message = dict[str, Any]
Answer = str | ModelReply | Exception
PRICE = {"inputUsdPerMTok": 1, "outputUsdPerMTok": 2, "cachedInputUsdPerMTok": None, "cacheWriteUsdPerMTok": None}
USAGE = TokenUsage(100, 10)


def reply(text: str, usage: TokenUsage | None = USAGE, cost: Decimal | None = None) -> ModelReply:
    return ModelReply(text, "served", usage, cost, "stop")


class FakeModel(ModelClient):
    """``answers`` by the messages; ``seen`` what was asked, with the output bound."""

    def __init__(self, name: str, answers: Callable[[list[Message]], Answer]) -> None:
        super().__init__(ClientSettings(CallTarget("openai", name, None, None, None)))
        self._answers = answers
        self.seen: list[tuple[list[Message], int | None]] = []

    async def _attempt(self, request: ModelRequest, output_limit: int | None) -> ModelReply:
        self.seen.append((request.messages, output_limit))
        answer = self._answers(request.messages)
        if isinstance(answer, Exception):
            raise answer
        return reply(answer) if isinstance(answer, str) else answer


class StuckModel(FakeModel):
    """Never answers. ``cancelled`` counts the calls that were cut."""

    def __init__(self, name: str) -> None:
        super().__init__(name, lambda _: "")
        self.cancelled = 0

    async def _attempt(self, request: ModelRequest, output_limit: int | None) -> ModelReply:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        raise AssertionError


@dataclass
class LedgerKit:
    """A ledger and what it wrote."""

    max_sub_calls: int = 1000
    max_concurrent_sub_calls: int = 16
    max_budget_usd: Decimal | None = None
    max_tokens: int | None = None
    stop: StopSignal = field(default_factory=StopSignal)
    events: list[Message] = field(default_factory=list[Message])

    def __post_init__(self) -> None:
        from rlm_worker._generated.messages import Price

        self.prices = PriceBook({"priced": Price.model_validate(PRICE)})
        events = Events("run", self.events.append, Redactor())
        self.ledger = Ledger(
            prices=self.prices,
            stop=self.stop,
            events=events,
            journal=no_journal(events),
            max_sub_calls=self.max_sub_calls,
            max_concurrent_sub_calls=self.max_concurrent_sub_calls,
            max_budget_usd=self.max_budget_usd,
            max_tokens=self.max_tokens,
        )

    def completed(self) -> list[Message]:
        return [event for event in self.events if event["type"] == "call.completed"]


def model(answers: Callable[[list[Message]], Answer], name: str = "priced", max_output_tokens: int = 1000) -> Model:
    return Model(FakeModel(name, answers), max_output_tokens)
