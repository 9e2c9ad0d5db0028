from __future__ import annotations

from decimal import Decimal
from typing import Any

import genai_prices
import pytest

from rlm_worker._generated.messages import ModelSpec, Price
from rlm_worker.clients.base import TokenUsage
from rlm_worker.ledger.prices import PriceBook, host_providers

BOOK = PriceBook({})
MILLION = 1_000_000


def price(**usd: float | None) -> Price:
    unset = {"cachedInputUsdPerMTok": None, "cacheWriteUsdPerMTok": None}
    return Price.model_validate({"inputUsdPerMTok": 0.0, "outputUsdPerMTok": 0.0, **unset, **usd})


USAGES = [
    TokenUsage(1, 0),
    TokenUsage(1_000, 500),
    TokenUsage(150_000, 9_999, cached_input_tokens=100_000),
    TokenUsage(300_001, 77, cached_input_tokens=5, cache_write_tokens=200_000),
    TokenUsage(5_000, 10, cache_write_tokens=5_000),
    TokenUsage(5_000, 10, cached_input_tokens=5_000),
]
MODELS = [
    ("anthropic", "anthropic", "claude-sonnet-5-5"),
    ("anthropic", "anthropic", "claude-haiku-5-5"),
    ("anthropic", "anthropic", "claude-opus-5-5"),
    ("anthropic", "anthropic", "claude-sonnet-4-5-20250929"),
    ("openai", "openai", "gpt-5-mini-2025-08-07"),
    ("openai", "openai", "gpt-5.6-sol"),
    ("gemini", "google", "gemini-2.5-pro"),
    ("azure_openai", "azure", "gpt-5-mini"),
    ("openrouter", "openrouter", "anthropic/claude-sonnet-5.5"),
]


@pytest.mark.parametrize("usage", USAGES, ids=str)
@pytest.mark.parametrize(("backend", "provider", "model"), MODELS)
def test_costs_are_those_of_the_table(backend: str, provider: str, model: str, usage: TokenUsage) -> None:
    theirs = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cached_input_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        output_tokens=usage.output_tokens,
    )
    expected = genai_prices.calc_price(theirs, model, provider_id=provider).total_price
    assert BOOK.cost(backend, model, usage) == expected.quantize(Decimal("1e-12"))


@pytest.mark.parametrize("usage", USAGES, ids=str)
@pytest.mark.parametrize(("backend", "provider", "model"), MODELS)
def test_nothing_costs_more_than_the_worst_case(backend: str, provider: str, model: str, usage: TokenUsage) -> None:
    worst = BOOK.worst_case(backend, model, usage.input_tokens, usage.output_tokens)
    cost = BOOK.cost(backend, model, usage)
    assert worst is not None and cost is not None and cost <= worst


def test_the_worst_case_is_the_highest_tier_whatever_the_prompts_size() -> None:
    # Haiku 5.5 costs five times as much beyond 100,000 tokens; 0.625 is that tier's cache write.
    assert BOOK.worst_case("anthropic", "claude-haiku-5-5", 1_000, 1_000) == Decimal("0.003125")


def test_cached_tokens_at_anthropics_own_multiples() -> None:
    plain, written, read = (
        BOOK.cost("anthropic", "claude-sonnet-4-5", usage)
        for usage in (TokenUsage(1000, 0), TokenUsage(1000, 0, 0, 1000), TokenUsage(1000, 0, 1000))
    )
    assert (plain, written, read) == (Decimal("0.003"), Decimal("0.00375"), Decimal("0.0003"))


def test_an_anthropic_cache_write_costs_more_than_input() -> None:
    usage = TokenUsage(MILLION, 0, cache_write_tokens=MILLION)
    assert BOOK.cost("anthropic", "claude-sonnet-5-5", usage) == Decimal("2.5")


@pytest.mark.parametrize(
    ("backend", "model", "same_as"),
    [
        ("vercel", "anthropic/claude-sonnet-5.5", ("anthropic", "claude-sonnet-5-5")),
        ("vercel", "openai/gpt-5", ("openai", "gpt-5")),
        ("litellm", "anthropic/claude-haiku-4-5", ("anthropic", "claude-haiku-4-5")),
        ("litellm", "gpt-5", ("openai", "gpt-5")),
        ("portkey", "@my-integration/gpt-5", ("openai", "gpt-5")),
        ("gemini", "models/gemini-2.5-pro", ("gemini", "gemini-2.5-pro")),
        ("anthropic", "claude-haiku-5-5-20260901", ("anthropic", "claude-haiku-5-5")),
    ],
)
def test_prefixes_and_dates_do_not_hide_a_model(backend: str, model: str, same_as: tuple[str, str]) -> None:
    usage = TokenUsage(1_000, 1_000)
    assert BOOK.knows(backend, model)
    assert BOOK.cost(backend, model, usage) == BOOK.cost(*same_as, usage)


@pytest.mark.parametrize(
    ("backend", "model"),
    [("openai", "no-such-model"), ("litellm", "my-alias"), ("vllm", "gpt-5"), ("ollama", "gpt-oss"), ("anthropic", "")],
)
def test_an_unknown_price_is_none_and_never_zero(backend: str, model: str) -> None:
    assert BOOK.cost(backend, model, TokenUsage(1, 1)) is None
    assert BOOK.worst_case(backend, model, 1, 1) is None
    assert not BOOK.knows(backend, model)


def test_offline_costs_exactly_nothing() -> None:
    assert BOOK.cost("offline", "any", TokenUsage(MILLION, MILLION)) == 0
    assert BOOK.worst_case("offline", "any", MILLION, MILLION) == 0
    assert BOOK.knows("offline", "any")


def test_a_users_price_comes_first() -> None:
    book = PriceBook({"gpt-5": price(inputUsdPerMTok=7.0, outputUsdPerMTok=9.0)})
    usage = TokenUsage(MILLION, MILLION, cached_input_tokens=500_000, cache_write_tokens=100_000)
    assert book.cost("openai", "gpt-5", usage) == 16
    assert book.cost("vllm", "gpt-5", usage) == 16
    assert book.worst_case("openai", "gpt-5", MILLION, MILLION) == 16


def test_a_users_cache_prices_count() -> None:
    book = PriceBook({"own": price(inputUsdPerMTok=1.0, cachedInputUsdPerMTok=0.1, cacheWriteUsdPerMTok=3.0)})
    usage = TokenUsage(MILLION, 0, cached_input_tokens=500_000, cache_write_tokens=100_000)
    assert book.cost("vllm", "own", usage) == Decimal("0.4") + Decimal("0.05") + Decimal("0.3")
    assert book.worst_case("vllm", "own", MILLION, 0) == 3


def test_costs_are_exact_decimals_of_twelve_places() -> None:
    book = PriceBook({"own": price(inputUsdPerMTok=0.1, outputUsdPerMTok=0.2)})
    costs = [book.cost("vllm", "own", TokenUsage(1, 1)) for _ in range(10)]
    assert costs == [Decimal("0.000000300000")] * 10
    tiny = PriceBook({"own": price(inputUsdPerMTok=0.0000014)})
    assert tiny.cost("vllm", "own", TokenUsage(1, 0)) == Decimal("0.000000000001")


def test_counts_no_provider_should_send_do_not_raise() -> None:
    assert BOOK.cost("openai", "gpt-5", TokenUsage(10, 0, cached_input_tokens=20)) is not None
    assert BOOK.cost("openai", "gpt-5", TokenUsage(10**24, 10**24)) is not None


@pytest.mark.parametrize(
    ("backend", "model", "window", "output"),
    [
        ("anthropic", "claude-sonnet-5-5", 1_000_000, 128_000),
        ("anthropic", "claude-sonnet-4-5-20250929", 200_000, 64_000),
        ("vercel", "anthropic/claude-opus-4.1", 200_000, 32_000),
        ("openai", "gpt-5-mini", 400_000, 128_000),
        ("gemini", "gemini-2.5-pro", 1_048_576, 65_536),
        ("vllm", "no-such-model", None, None),
    ],
)
def test_known_limits(backend: str, model: str, window: int | None, output: int | None) -> None:
    assert BOOK.context_window(backend, model) == window
    assert BOOK.max_output_tokens(backend, model) == output


@pytest.mark.parametrize(
    ("provider", "model", "like"),
    [
        ("azure", "gpt-5-mini", ("azure_openai", "gpt-5-mini")),
        ("openai", "gpt-5-mini", ("openai", "gpt-5-mini")),
        (None, "gpt-5-mini", ("openai", "gpt-5-mini")),
        (None, "anthropic/claude-sonnet-4-5", ("anthropic", "claude-sonnet-4-5")),
        ("nobody", "gpt-5-mini", None),
        ("anthropic", "gpt-5-mini", None),
        (None, "host", None),
    ],
)
def test_a_host_model_has_the_price_and_the_window_of_its_provider(
    provider: str | None, model: str, like: tuple[str, str] | None
) -> None:
    fields: dict[str, Any] = {"baseUrl": None, "samplingArgs": {}, "priceProvider": provider}
    spec = ModelSpec.model_validate({"backend": "host", "model": model, **fields})
    other = ModelSpec.model_validate({"backend": "openai", "model": model, **fields, "priceProvider": None})
    book = PriceBook({}, host_providers(spec, other))
    usage = TokenUsage(1_000_000, 1_000_000, cached_input_tokens=500_000)
    assert book.knows("host", model) is (like is not None)
    if like is None:
        assert (book.cost("host", model, usage), book.worst_case("host", model, 1, 1)) == (None, None)
    else:
        assert book.cost("host", model, usage) == BOOK.cost(*like, usage)
        assert book.worst_case("host", model, 9_000, 70) == BOOK.worst_case(*like, 9_000, 70)
        assert book.context_window("host", model) == BOOK.context_window(*like)
    assert book.cost("openai", model, usage) == BOOK.cost("openai", model, usage)


def test_a_given_price_goes_before_that_of_a_host_models_provider() -> None:
    book = PriceBook({"gpt-5-mini": price(inputUsdPerMTok=7.0)}, {"gpt-5-mini": "openai"})
    assert book.cost("host", "gpt-5-mini", TokenUsage(MILLION, 0)) == Decimal(7)
