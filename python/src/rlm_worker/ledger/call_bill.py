"""What one call came to over all its attempts: lost ones may be billed as well as the one that was answered."""

from __future__ import annotations

from decimal import Decimal

from ..clients.base import ModelReply, TokenUsage, UnusableReply
from ..errors import ProviderError, RunError
from .calls import NO_TOKENS
from .models import Model
from .prices import PriceBook

TWELVE_DECIMALS = Decimal("1e-12")


class CallBill:
    """The attempts of one call. An attempt that may be billed, and nobody knows how much, makes the cost unknown."""

    def __init__(self, model: Model, prices: PriceBook) -> None:
        self._model = model
        self._prices = prices
        self.usage = NO_TOKENS
        self.cost_usd: Decimal | None = Decimal(0)

    def add_reply(self, reply: ModelReply) -> Decimal | None:
        """Returns what this attempt cost, None when nobody knows."""
        self.usage = _sum(self.usage, reply.usage or NO_TOKENS)
        return self._add(self.cost_of(reply))

    def add_failure(self, failure: BaseException) -> Decimal | None:
        """Returns what this attempt cost, None when nobody knows."""
        if isinstance(failure, UnusableReply):
            return self.add_reply(failure.reply)
        return self._add(self.cost_of_failure(failure))

    def cost_of_failure(self, failure: BaseException) -> Decimal | None:
        if isinstance(failure, UnusableReply):
            return self.cost_of(failure.reply)
        return Decimal(0) if _is_free(failure) else None

    def cost_of(self, reply: ModelReply) -> Decimal | None:
        if not reply.cost_known:
            return None
        if reply.cost_usd is not None:
            return reply.cost_usd.quantize(TWELVE_DECIMALS)
        model, usage = self._model, reply.usage
        if usage is None or not usage.consistent:
            return None
        return self._prices.cost(model.backend, model.name, usage)

    def _add(self, cost: Decimal | None) -> Decimal | None:
        self.cost_usd = None if cost is None or self.cost_usd is None else self.cost_usd + cost
        return cost


def _is_free(failure: BaseException) -> bool:
    """Refused with a status, never sent, or never meant to be: an error of the run's own comes before any call."""
    if isinstance(failure, ProviderError):
        return failure.status is not None or failure.unsent
    return isinstance(failure, RunError)


def _sum(a: TokenUsage, b: TokenUsage) -> TokenUsage:
    return TokenUsage(
        a.input_tokens + b.input_tokens,
        a.output_tokens + b.output_tokens,
        a.cached_input_tokens + b.cached_input_tokens,
        a.cache_write_tokens + b.cache_write_tokens,
        a.reasoning_tokens + b.reasoning_tokens,
    )
