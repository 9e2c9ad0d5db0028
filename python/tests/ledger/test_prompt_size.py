"""A prompt beyond the model's window is refused before it is sent; what may fit is sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fake_provider import FakeProvider, Reply
from ledger_kit import LedgerKit, provided

from rlm_worker.errors import RunError
from rlm_worker.ledger.calls import Caller

pytestmark = pytest.mark.slow

QUERY = Caller("llm_query", "0", 1)
MIB = 1 << 20


def ask(name: str, text: str) -> int:
    """Calls the provider saw."""
    with FakeProvider(lambda _: Reply("ok")) as provider:
        prompt = [{"role": "user", "content": text}]
        LedgerKit(max_sub_calls=1).ledger.call(provided(provider, name), prompt, QUERY)
        return len(provider.requests)


@pytest.mark.parametrize(
    ("model", "text", "numbers"),
    [
        ("gpt-4", lambda: "ab" * 200_000, ("at least 8,333 tokens", "at most 8,192")),
        ("gpt-4o", lambda: "word and word " * 600_000, ("at least", "at most 128,000")),
        ("unheard-of", lambda: "a b" * 6 * MIB, ("18,874,368 characters", "at most 16,777,216")),
        ("gpt-4o", lambda: " " * 17 * MIB, ("17,825,792 characters", "at most 16,777,216")),
    ],
    ids=["small window", "large window", "unknown window", "blanks"],
)
def test_a_prompt_beyond_the_window_is_refused_with_both_numbers_and_not_sent(
    model: str, text: Callable[[], str], numbers: tuple[str, str]
) -> None:
    with pytest.raises(RunError) as refused:
        ask(model, text())
    assert refused.value.code == "context_too_long"
    assert all(number in refused.value.message for number in numbers), refused.value.message


@pytest.mark.parametrize(
    ("model", "text"),
    [
        ("gpt-4", lambda: "a" * 1_000_000),
        ("gpt-4", lambda: "a" + " " * 5 * MIB),
        ("unheard-of", lambda: "ab" * 8 * MIB),
        ("gpt-4", lambda: "天地" * 60_000),
    ],
)
def test_what_some_tokenizer_could_make_fit_is_sent(model: str, text: Callable[[], str]) -> None:
    assert ask(model, text()) == 1


def test_a_refused_prompt_takes_no_sub_call() -> None:
    kit = LedgerKit(max_sub_calls=1)
    with FakeProvider(lambda _: Reply("ok")) as provider:
        served = provided(provider, "gpt-4")
        with pytest.raises(RunError):
            kit.ledger.call(served, [{"role": "user", "content": "ab" * MIB}], QUERY)
        assert kit.ledger.call(served, [{"role": "user", "content": "ab"}], QUERY).text == "ok"
    assert len(kit.completed()) == len(provider.requests) == 1
