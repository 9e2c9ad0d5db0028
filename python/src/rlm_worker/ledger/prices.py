"""What a call costs: the user's prices, else the bundled genai-prices table; None when neither knows the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from .._generated.messages import ModelSpec, Price
from ..clients import model_limits
from ..clients.base import TokenUsage
from ..clients.published import Published

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice

PROVIDER_IDS = {
    "anthropic": "anthropic",
    "openai": "openai",
    "azure_openai": "azure",
    "gemini": "google",
    "openrouter": "openrouter",
}
"""Backends that name one provider of the table. The others are gateways: their model names say who serves."""
SELF_HOSTED = frozenset({"vllm", "ollama"})
"""A model of a known name on one's own server has no list price."""
PICO = Decimal("1e-12")
MILLION = Decimal(1_000_000)
WIDE = Context(prec=60)
"""Whatever counts a provider sends, the quotient fits."""


class Rates(NamedTuple):
    """USD per million tokens, and USD per request."""

    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal
    request: Decimal = Decimal(0)

    def cost(self, usage: TokenUsage) -> Decimal:
        plain = max(0, usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens)
        tokens = self.input * plain + self.output * usage.output_tokens
        if usage.cached_input_tokens or usage.cache_write_tokens:
            tokens += self.cache_read * usage.cached_input_tokens + self.cache_write * usage.cache_write_tokens
        return WIDE.quantize(WIDE.add(WIDE.divide(tokens, MILLION), self.request), PICO)


FREE = Rates(Decimal(0), Decimal(0), Decimal(0), Decimal(0))


class PriceBook:
    """Prices for one run. No method raises, and none reads the network."""

    def __init__(self, overrides: Mapping[str, Price], host_providers: Mapping[str, str] | None = None) -> None:
        """``overrides``: prices by model name, as requested or as served; null cache prices mean the input price.

        ``host_providers``: whose prices hold for a host model, a provider id of the table by model name.
        """
        self._overrides = {model: _override(price) for model, price in overrides.items()}
        self._bounds: dict[str, Rates] = {}
        self._host_providers = dict(host_providers or {})

    def add(self, model: str, published: Published) -> None:
        """Take a router's own price of a model that has none of the user's. Tiers bound a call, and price none."""
        its = published
        rates = Rates(its.input, its.output, its.cache_read, its.cache_write, its.request)
        (self._bounds if its.tiered else self._overrides).setdefault(model, rates)

    def cost(self, backend: str, model: str, usage: TokenUsage) -> Decimal | None:
        """USD of one call, to 12 decimal places; None when the model's price is unknown."""
        rates = self.rates(backend, model, usage.input_tokens)
        return None if rates is None else rates.cost(usage)

    def worst_case(self, backend: str, model: str, input_tokens: int, output_tokens: int) -> Decimal | None:
        """The most such a call can cost: the highest tier, and input written to a cache where that costs more."""
        override = self._override_for(backend, model) or self._bounds.get(model)
        candidates = [override] if override else list(_all_rates(self._known(backend, model)))
        if not candidates:
            return None
        highest = Rates(
            input=max(max(rates.input, rates.cache_write, rates.cache_read) for rates in candidates),
            output=max(rates.output for rates in candidates),
            cache_read=Decimal(0),
            cache_write=Decimal(0),
            request=max(rates.request for rates in candidates),
        )
        return highest.cost(TokenUsage(input_tokens, output_tokens))

    def knows(self, backend: str, model: str) -> bool:
        """Whether a call to this model has a price, or a bound of one."""
        return model in self._bounds or self.rates(backend, model, 0) is not None

    def is_given(self, model: str) -> bool:
        """Whether the user gave this model's price."""
        return model in self._overrides

    def steps(self, backend: str, model: str) -> list[int]:
        """Lengths of a prompt, in tokens, from which other rates hold; the first is 0."""
        known = None if model in self._overrides else self._known(backend, model)
        return [0] if known is None else sorted(_tier_starts(known, datetime.now(UTC)))

    def context_window(self, backend: str, model: str) -> int | None:
        """Tokens the model takes in, or None when unknown."""
        known = self._known(backend, model)
        return (known.context_window if known else None) or model_limits.context_window(model)

    def max_output_tokens(self, backend: str, model: str) -> int | None:
        """Tokens the model can answer with, or None when unknown; the table has no such figure, so ours has."""
        return model_limits.max_output_tokens(model)

    def rates(self, backend: str, model: str, input_tokens: int) -> Rates | None:
        """What holds now for a prompt of so many tokens; None when the model's price is unknown."""
        override = self._override_for(backend, model)
        return override or _table_rates(self._known(backend, model), input_tokens, datetime.now(UTC))

    def _known(self, backend: str, model: str) -> ModelInfo | None:
        return _model_info(backend, model, self._host_providers.get(model) if backend == "host" else None)

    def _override_for(self, backend: str, model: str) -> Rates | None:
        return FREE if backend == "offline" else self._overrides.get(model)


def host_providers(*models: ModelSpec) -> dict[str, str]:
    """Whose prices hold for the host models among these, where that is known, by model name."""
    named = {model.model: model.price_provider for model in models if model.backend == "host"}
    return {name: provider for name, provider in named.items() if provider is not None}


def _override(price: Price) -> Rates:
    plain = _decimal(price.input_usd_per_m_tok)
    read, write = price.cached_input_usd_per_m_tok, price.cache_write_usd_per_m_tok
    return Rates(
        input=plain,
        output=_decimal(price.output_usd_per_m_tok),
        cache_read=plain if read is None else _decimal(read),
        cache_write=plain if write is None else _decimal(write),
    )


def _decimal(value: float) -> Decimal:
    return Decimal(str(value))


def _all_rates(known: ModelInfo | None) -> Iterator[Rates]:
    """The model's rates in every tier and hour of the coming day: prices may depend on the time, and change."""
    if known is None:
        return
    now = datetime.now(UTC)
    for hour in range(25 if isinstance(known.prices, list) else 1):
        for input_tokens in _tier_starts(known, now + timedelta(hours=hour)):
            rates = _table_rates(known, input_tokens, now + timedelta(hours=hour))
            if rates is not None:
                yield rates


def _tier_starts(known: ModelInfo, moment: datetime) -> set[int]:
    """A token count inside each tier."""
    prices = vars(known.get_prices(moment)).values()
    return {0} | {tier.start + 1 for price in prices for tier in getattr(price, "tiers", ())}


def _table_rates(known: ModelInfo | None, input_tokens: int, moment: datetime) -> Rates | None:
    """The table's rates for a prompt of this size: the price of a prompt decides the rate of all its tokens."""
    if known is None:
        return None
    prices = known.get_prices(moment)
    kept = _untiered.get(id(prices))
    if kept is not None and kept[0] is prices:
        return kept[1]
    rates = _rates_of(prices, input_tokens)
    if not any(hasattr(price, "tiers") for price in vars(prices).values()):
        _untiered[id(prices)] = prices, rates
    return rates


_untiered: dict[int, tuple[ModelPrice, Rates | None]] = {}
"""By the identity of what the table has of them: the same for a prompt of any size."""


def _rates_of(prices: ModelPrice, input_tokens: int) -> Rates | None:
    def rate(name: str) -> Decimal | None:
        price = getattr(prices, name)
        if price is None or isinstance(price, Decimal):
            return price
        reached = [tier.price for tier in price.tiers if input_tokens > tier.start]
        return reached[-1] if reached else price.base

    plain, output = rate("input_mtok"), rate("output_mtok")
    if plain is None or output is None:
        return None
    read, write = rate("cache_read_mtok"), rate("cache_write_mtok")
    return Rates(
        input=plain,
        output=output,
        cache_read=plain if read is None else read,
        cache_write=plain if write is None else write,
        request=(rate("requests_kcount") or Decimal(0)) / 1000,
    )


@lru_cache(maxsize=256)
def _model_info(backend: str, model: str, host_provider: str | None) -> ModelInfo | None:
    if backend in SELF_HOSTED or backend == "offline":
        return None
    from genai_prices.data_snapshot import get_snapshot

    # Portkey writes "@integration/model"; "models/" and "anthropic/" are prefixes of Gemini and of gateways.
    name = model.removeprefix("@").removeprefix("models/")
    provider, slash, rest = name.partition("/")
    known_provider = host_provider or PROVIDER_IDS.get(backend)
    candidates = [(known_provider, name)]
    if slash and known_provider is None:
        candidates = [(provider, rest), (None, rest)]
    for provider_id, model_ref in candidates:
        try:
            return get_snapshot().find_provider_model(model_ref, None, provider_id, None)[1]
        except LookupError:
            continue
    return None
