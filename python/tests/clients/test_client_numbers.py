"""Numbers are checked where they enter: what is absurd makes the cost unknown, and no answer is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from fake_provider import Answer, FakeProvider, in_turn

from rlm_worker._generated.messages import Price
from rlm_worker.clients.base import ModelReply, ModelRequest, TokenUsage
from rlm_worker.clients.reported import MOST_TOKENS, MOST_USD, tokens, total, usage_of, usd
from rlm_worker.ledger.call_bill import CallBill
from rlm_worker.ledger.models import Model
from rlm_worker.ledger.prices import PriceBook
from wire import MESSAGES, anthropic_answer, client, gemini_answer, openai_answer, run

ABSURD = [-1, 2**53 + 1, 10**400, 1e308, float("nan"), float("inf"), float("-inf"), True, "12", "", [], {}, 1.5]


@dataclass(frozen=True)
class Wire:
    """A wire that says its input, output and cached tokens under these names."""

    backend: str
    answer: Callable[..., Answer]
    names: tuple[str, str, str]

    def __str__(self) -> str:
        return self.backend

    def usage(self, index: int, value: Any) -> dict[str, Any]:
        usage: dict[str, Any] = {"prompt_tokens": 5, "completion_tokens": 2} if self.answer is openai_answer else {}
        usage |= {name: 2 for name in self.names if "." not in name}
        parent, _, child = self.names[index].rpartition(".")
        return {**usage, parent: {child: value}} if parent else {**usage, child: value}


OPENAI = ("prompt_tokens", "completion_tokens", "prompt_tokens_details.cached_tokens")
NUMBERS = [
    Wire("openai", openai_answer, OPENAI),
    Wire("openrouter", openai_answer, OPENAI),
    Wire("portkey", openai_answer, OPENAI),
    Wire("anthropic", anthropic_answer, ("input_tokens", "output_tokens", "cache_read_input_tokens")),
    Wire("gemini", gemini_answer, ("promptTokenCount", "candidatesTokenCount", "cachedContentTokenCount")),
]


Answered = Callable[[str, Answer], ModelReply]


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(in_turn("nothing yet")) as provider:
        yield provider


@pytest.fixture
def reply(provider: FakeProvider) -> Answered:
    """What a client makes of the answer of a backend."""

    def reply(backend: str, answer: Answer) -> ModelReply:
        provider.script = in_turn(answer)
        return run(client(backend, provider.url).complete(ModelRequest(MESSAGES, 10)))

    return reply


@pytest.mark.parametrize("wire", NUMBERS, ids=str)
@pytest.mark.parametrize("index", range(3))
@pytest.mark.parametrize("value", ABSURD, ids=repr)
def test_a_token_count_that_cannot_be_true_is_unknown_and_the_answer_is_kept(
    reply: Answered, wire: Wire, index: int, value: Any
) -> None:
    got = reply(wire.backend, wire.answer(usage=wire.usage(index, value)))
    assert (got.text, got.usage, got.cost_usd) == ("hello", None, None)


@pytest.mark.parametrize("wire", NUMBERS, ids=str)
def test_a_token_count_that_can_be_true_is_kept(reply: Answered, wire: Wire) -> None:
    for count in (0, 1, MOST_TOKENS):
        got = reply(wire.backend, wire.answer(usage=wire.usage(1, count)))
        assert got.usage is not None and got.usage.output_tokens == count


@pytest.mark.parametrize("value", [1e16, *ABSURD[:-1]], ids=repr)
@pytest.mark.parametrize("of", ["cost", "upstream"])
def test_a_cost_that_cannot_be_true_is_unknown_and_is_not_worked_out_either(
    reply: Answered, of: str, value: Any
) -> None:
    costs = (
        {"cost": value}
        if of == "cost"
        else {"cost": 0.1, "is_byok": True, "cost_details": {"upstream_inference_cost": value}}
    )
    usage = {"prompt_tokens": 5, "completion_tokens": 2, **costs}
    got = reply("openrouter", openai_answer(usage=usage))
    assert (got.text, got.cost_usd, got.cost_known) == ("hello", None, False)
    assert got.usage == TokenUsage(5, 2)


def test_numbers_are_checked_in_one_place() -> None:
    assert [tokens(value) for value in (0, 7, 7.0, MOST_TOKENS)] == [0, 7, 7, MOST_TOKENS]
    assert [tokens(value) for value in (*ABSURD, None, MOST_TOKENS + 1)] == [None] * (len(ABSURD) + 2)
    assert [usd(value) for value in (0, 0.1, MOST_USD)] == [Decimal(0), Decimal("0.1"), Decimal(MOST_USD)]
    assert [usd(value) for value in (*ABSURD[:-1], None, 1e16)] == [None] * (len(ABSURD) + 1)
    assert (total(1, None, 2), total(None, 1), total(1, -1)) == (3, None, None)
    assert usage_of(1, 2) == TokenUsage(1, 2) and usage_of(1, None) is None


CONTRADICTIONS = [
    ("openai", {"prompt_tokens": 1, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 5000}}),
    ("openai", {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cache_write_tokens": 10}}),
    ("openai", {"prompt_tokens": 9, "completion_tokens": 2, "completion_tokens_details": {"reasoning_tokens": 3}}),
    ("openrouter", {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 12}),
    ("vllm", {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 10}),
    ("portkey", {"prompt_tokens": 0, "completion_tokens": 2, "total_tokens": 2}),
    ("litellm", {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}),
    ("anthropic", {"input_tokens": 0, "output_tokens": 2}),
    ("anthropic", {"input_tokens": 9, "output_tokens": 2, "output_tokens_details": {"thinking_tokens": 3}}),
    ("gemini", {"promptTokenCount": 1, "candidatesTokenCount": 2, "cachedContentTokenCount": 5000}),
    ("gemini", {"promptTokenCount": 9, "candidatesTokenCount": 2, "totalTokenCount": 12}),
    ("gemini", {"promptTokenCount": 9, "candidatesTokenCount": 2, "thoughtsTokenCount": 3, "totalTokenCount": 11}),
]
ANSWER = {"anthropic": anthropic_answer, "gemini": gemini_answer}
PRICE = Price(
    input_usd_per_m_tok=3, output_usd_per_m_tok=15, cached_input_usd_per_m_tok=0.3, cache_write_usd_per_m_tok=None
)


@pytest.mark.parametrize(("backend", "usage"), CONTRADICTIONS)
def test_a_usage_that_contradicts_itself_makes_the_cost_unknown_and_never_too_low(
    provider: FakeProvider, backend: str, usage: Any
) -> None:
    provider.script = in_turn(ANSWER.get(backend, openai_answer)(usage=usage))
    model = client(backend, provider.url)
    got = run(model.complete(ModelRequest(MESSAGES, 10)))
    assert got.text == "hello" and got.usage is not None and not got.usage.consistent
    bill = CallBill(Model(model, 10), PriceBook({model.model: PRICE}))
    assert bill.add_reply(got) is None and bill.cost_usd is None
    assert bill.usage.output_tokens == got.usage.output_tokens, "the counts are kept"


def test_what_a_router_says_it_cost_stands_whatever_the_counts(reply: Answered) -> None:
    got = reply(
        "openrouter", openai_answer(usage={"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 12, "cost": 0.5})
    )
    bill = CallBill(Model(client("openrouter", None), 10), PriceBook({}))
    assert bill.add_reply(got) == Decimal("0.5")


def test_reasoning_beside_the_completion_is_output_where_the_total_says_so(reply: Answered) -> None:
    usage = {"prompt_tokens": 12, "completion_tokens": 9, "total_tokens": 141}
    got = reply("openai", openai_answer(usage={**usage, "completion_tokens_details": {"reasoning_tokens": 120}}))
    assert got.usage == TokenUsage(12, 129, reasoning_tokens=120)
