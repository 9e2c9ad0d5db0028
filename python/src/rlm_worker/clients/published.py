"""What a router publishes of its models before any call: prices, windows and limits of names that no table knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .json_body import Json, object_in, objects_in
from .reported import tokens, usd

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Published:
    """One model, in USD per million tokens; cache prices are the input's where none is published."""

    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal
    request: Decimal = Decimal(0)
    context_window: int | None = None
    output_limit: int | None = None


def published_by(backend: str, body: Json, model: str) -> Published | None:
    """The model's entry in a router's list; the dearest price where several servers stand behind one name."""
    read = READERS[backend]
    entries = [read(entry) for entry in objects_in(body, "data") if model in (entry.get("model_name"), entry.get("id"))]
    known = [entry for entry in entries if entry is not None]
    return max(known, key=lambda entry: (entry.output, entry.input), default=None)


def address_of(backend: str, base_url: str) -> str | None:
    """Where a router publishes; None for a backend that does not."""
    base = base_url.rstrip("/")
    if backend == "litellm":
        return f"{base.removesuffix('/v1')}/model/info"
    return f"{base}/models" if backend in READERS else None


def _litellm(entry: Json) -> Published | None:
    info = object_in(entry, "model_info")
    prices = [info.get(f"{name}_cost_per_token") for name in ("input", "output")]
    cached = [info.get("cache_read_input_token_cost"), info.get("cache_creation_input_token_cost")]
    return _entry([*prices, *cached], info.get("max_input_tokens"), info.get("max_output_tokens"))


def _openrouter(entry: Json) -> Published | None:
    pricing, top = object_in(entry, "pricing"), object_in(entry, "top_provider")
    names = ("prompt", "completion", "input_cache_read", "input_cache_write")
    prices = [pricing.get(name) for name in names]
    return _entry(prices, entry.get("context_length"), top.get("max_completion_tokens"), pricing.get("request"))


def _vercel(entry: Json) -> Published | None:
    pricing = object_in(entry, "pricing")
    names = ("input", "output", "input_cache_read", "input_cache_write")
    return _entry([pricing.get(name) for name in names], entry.get("context_window"), entry.get("max_tokens"))


READERS: dict[str, Callable[[Json], Published | None]] = {
    "litellm": _litellm,
    "openrouter": _openrouter,
    "vercel": _vercel,
}


def _entry(prices: list[Any], window: Any, output_limit: Any, request: Any = None) -> Published | None:
    """None where a price is missing or cannot be true: OpenRouter writes -1 for what it does not know."""
    plain, output, read, written = (amount(price) for price in prices)
    if plain is None or output is None:
        return None
    return Published(
        plain * MILLION,
        output * MILLION,
        (plain if read is None else read) * MILLION,
        (plain if written is None else written) * MILLION,
        amount(request) or Decimal(0),
        tokens(window) or None,
        tokens(output_limit) or None,
    )


def amount(value: Any) -> Decimal | None:
    """USD as a number or as text, as routers write it; None for anything else."""
    if isinstance(value, str):
        try:
            return usd(float(value))
        except ValueError:
            return None
    return usd(value)
