"""What a router publishes of its models before any call: prices, windows and limits of names that no table knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from .json_body import Json, object_in, objects_in
from .limit_name import OPENAI_HOST
from .reported import tokens, usd

MILLION = 1_000_000


class Published(NamedTuple):
    """One model, in USD per million tokens: the dearest of its tiers; cache prices are the input's where none is told.

    Attributes:
        tiered: what a call costs depends on its size, so that these are upper bounds alone.
    """

    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal
    request: Decimal = Decimal(0)
    context_window: int | None = None
    output_limit: int | None = None
    tiered: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where a router publishes, and how to read one of its entries.

    Attributes:
        where: ``{base}`` stands for the base URL, ``{root}`` for what is before its version, ``{model}`` for the name.
        names: the fields that may hold the model's name.
    """

    where: str
    names: tuple[str, ...]
    read: Callable[[Json], Published | None]

    def address(self, base_url: str, model: str) -> str:
        base = base_url.rstrip("/")
        return self.where.format(base=base, root=base.removesuffix("/v1"), model=quote(model, safe=""))

    def entry(self, body: Json, model: str) -> Published | None:
        """The model's; the dearest where several servers stand behind one name."""
        own = [entry for entry in objects_in(body, "data") if model in (entry.get(name) for name in self.names)]
        known = [entry for entry in map(self.read, own) if entry is not None]
        return max(known, key=lambda entry: (entry.output, entry.input), default=None)


def sources_of(backend: str, base_url: str) -> tuple[Source, ...]:
    """Where to ask, in this order. A server behind ``openai`` is known by its host, and may be a LiteLLM proxy."""
    host = urlsplit(base_url).hostname
    if backend == "openai" and host != OPENAI_HOST:
        backend = HOSTS.get(host or "", "litellm")
    return SOURCES.get(backend, ())


def _litellm(info: Json) -> Published | None:
    tiers = [info, *objects_in(info, "tiered_pricing")]

    def prices(*names: str) -> list[Any]:
        above = re.compile(rf"(?:{'|'.join(names)})(?:_above_\d+k_tokens)?")
        return [price for tier in tiers for name, price in tier.items() if above.fullmatch(name)]

    return _entry(
        prices("input_cost_per_token"),
        prices("output_cost_per_token", "output_cost_per_reasoning_token"),
        prices("cache_read_input_token_cost"),
        prices("cache_creation_input_token_cost"),
        (info.get("max_input_tokens"), info.get("max_output_tokens")),
    )


def _openrouter(entry: Json) -> Published | None:
    pricing = object_in(entry, "pricing")
    tiers = [pricing, *objects_in(pricing, "overrides")]

    def prices(name: str) -> list[Any]:
        return [tier.get(name) for tier in tiers]

    limits = entry.get("context_length"), object_in(entry, "top_provider").get("max_completion_tokens")
    reads, written = prices("input_cache_read"), prices("input_cache_write")
    # "0" for a model that does not price it apart.
    output = prices("completion") + [price for price in prices("internal_reasoning") if amount(price)]
    return _entry(prices("prompt"), output, reads, written, limits, pricing.get("request"))


def _vercel(entry: Json) -> Published | None:
    pricing = object_in(entry, "pricing")

    def prices(name: str) -> list[Any]:
        return [pricing.get(name), *(tier.get("cost") for tier in objects_in(pricing, f"{name}_tiers"))]

    kinds = ("input", "output", "input_cache_read", "input_cache_write")
    plain, output, read, written = (prices(name) for name in kinds)
    return _entry(plain, output, read, written, (entry.get("context_window"), entry.get("max_tokens")))


HOSTS = {"openrouter.ai": "openrouter", "ai-gateway.vercel.sh": "vercel"}
SOURCES: dict[str, tuple[Source, ...]] = {
    # Models of a wildcard route have their prices with their group alone.
    "litellm": (
        Source("{root}/model/info", ("model_name",), lambda entry: _litellm(object_in(entry, "model_info"))),
        Source("{root}/model_group/info?model_group={model}", ("model_group",), _litellm),
    ),
    "openrouter": (Source("{base}/models", ("id",), _openrouter),),
    "vercel": (Source("{base}/models", ("id",), _vercel),),
}


def _entry(
    plain: list[Any],
    output: list[Any],
    read: list[Any],
    written: list[Any],
    limits: tuple[Any, Any],
    request: Any = None,
) -> Published | None:
    """None where a price is missing or cannot be true: OpenRouter writes -1 for what it does not know."""
    inputs, outputs, reads, writes = (_amounts(prices) for prices in (plain, output, read, written))
    if not inputs or not outputs:
        return None
    return Published(
        max(inputs) * MILLION,
        max(outputs) * MILLION,
        max(reads or inputs) * MILLION,
        max(writes or inputs) * MILLION,
        amount(request) or Decimal(0),
        tokens(limits[0]) or None,
        tokens(limits[1]) or None,
        any(len(set(prices)) > 1 for prices in (inputs, outputs, reads, writes)),
    )


def _amounts(prices: Iterable[Any]) -> list[Decimal]:
    """The amounts that are told; none where one of them cannot be true."""
    known = [amount(price) for price in prices if price is not None]
    return [] if None in known else [price for price in known if price is not None]


def amount(value: Any) -> Decimal | None:
    """USD as a number or as text, as routers write it; None for anything else."""
    if isinstance(value, str):
        try:
            return usd(float(value))
        except ValueError:
            return None
    return usd(value)
