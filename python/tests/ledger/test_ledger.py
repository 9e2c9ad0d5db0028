import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from fake_provider import Answer, FakeProvider, Reply
from host_model import Message, completion, used
from ledger_kit import LedgerKit, hosted, provided

from rlm_worker.cancel import RunStopped
from rlm_worker.errors import ProviderError
from rlm_worker.ledger.calls import Caller, most_input_tokens
from rlm_worker.ledger.limits import CallRefused
from rlm_worker.ledger.models import Models

ROOT = Caller("root", "0", 0)
QUERY = Caller("llm_query", "0", 1, "asked")
PROMPT = [{"role": "user", "content": "hello"}]


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    """Says "ok", for 100 tokens and 10, unless the test gives it another script."""
    with FakeProvider(lambda _: Reply("ok")) as provider:
        yield provider


def test_a_call_is_announced_and_recorded_with_totals(provider: FakeProvider) -> None:
    kit = LedgerKit()
    provider.script = lambda _: Reply("hi", 1000, 200, cached_tokens=300, reasoning_tokens=50)
    record = kit.ledger.call(provided(provider), PROMPT, QUERY)
    assert (record.text, record.cost_usd) == ("hi", Decimal("0.0014"))
    started, completed = kit.events
    assert (started["promptChars"], started["requestedModel"]) == (5, "asked")
    assert (completed["call"], completed["outcome"], completed["error"]) == (started["call"], "succeeded", None)
    assert completed["totals"] == {
        "calls": 1,
        "subCalls": 1,
        "inputTokens": 1000,
        "outputTokens": 200,
        "cachedInputTokens": 300,
        "cacheWriteTokens": 0,
        "reasoningTokens": 50,
        "costUsd": 0.0014,
    }


def test_the_providers_own_cost_counts_before_the_table() -> None:
    record = LedgerKit().ledger.call(hosted(lambda _: completion("hi", cost=0.1234567890123)), PROMPT, ROOT)
    assert record.cost_usd == Decimal("0.123456789012")


@pytest.mark.parametrize("name", ["unheard-of", "priced"])
def test_an_unknown_cost_makes_the_total_unknown_for_good(name: str, provider: FakeProvider) -> None:
    kit, replies = LedgerKit(), iter([Reply("hi", 7, 3, usage=name == "unheard-of"), Reply("hi")])
    provider.script = lambda _: next(replies)
    kit.ledger.call(provided(provider, name), PROMPT, ROOT)
    kit.ledger.call(provided(provider), PROMPT, ROOT)
    assert [(c["costUsd"] is None, c["totals"]["costUsd"]) for c in kit.completed()] == [(True, None), (False, None)]


@pytest.mark.parametrize(
    ("answer", "cost"),
    [(Reply("broke", status=400), 0.0), (Answer(body={"models": []}), None)],
    ids=["refused with a status", "answered with no answer"],
)
def test_a_failed_call_counts_without_tokens(
    answer: Reply | Answer, cost: float | None, provider: FakeProvider
) -> None:
    kit, provider.script = LedgerKit(), lambda _: answer
    with pytest.raises(ProviderError) as failed:
        kit.ledger.call(provided(provider), PROMPT, QUERY)
    (call,) = kit.completed()
    assert (call["outcome"], call["costUsd"], call["error"]) == (
        "failed",
        cost,
        {"code": failed.value.code, "message": failed.value.message},
    )
    assert (call["totals"]["calls"], call["totals"]["subCalls"], call["totals"]["costUsd"]) == (1, 1, cost)


def test_refused_sub_calls_are_neither_sent_nor_counted(provider: FakeProvider) -> None:
    kit, served = LedgerKit(max_sub_calls=2), provided(provider)
    for _ in range(2):
        kit.ledger.call(served, PROMPT, QUERY)
    with pytest.raises(CallRefused, match="sub-call limit reached \\(2 of 2\\)"):
        kit.ledger.call(served, PROMPT, QUERY)
    kit.ledger.call(served, PROMPT, ROOT)
    assert [call["totals"]["subCalls"] for call in kit.completed()] == [1, 2, 2]
    assert len(provider.requests) == 3


@pytest.mark.parametrize(
    ("caller", "counts"),
    [
        (ROOT, False),
        (Caller("compaction", "0", 0), False),
        (Caller("default_answer", "0", 0), False),
        (QUERY, True),
        (Caller("leaf", "0", 1), True),
        (Caller("child", "0/1", 1), True),
        (Caller("default_answer", "0/1", 1), True),
    ],
)
def test_which_calls_are_sub_calls(caller: Caller, counts: bool) -> None:
    assert caller.is_sub_call is counts


def test_used_tokens_stop_the_run_before_the_next_call(provider: FakeProvider) -> None:
    kit = LedgerKit(max_tokens=110)
    kit.ledger.call(provided(provider), PROMPT, ROOT)
    with pytest.raises(RunStopped) as stopped:
        kit.ledger.call(provided(provider), PROMPT, QUERY)
    assert (stopped.value.code, kit.stop.code, len(kit.completed())) == ("token_limit_exceeded",) * 2 + (1,)


def test_no_tokenizer_finds_more_tokens_than_the_bound() -> None:
    assert (
        most_input_tokens([{"role": "user", "content": "a\u20ac\U0001f600"}, {"role": "system", "content": ""}])
        == 8 + 32
    )
    assert most_input_tokens([{"role": "user", "content": [{"type": "text", "text": "abc"}]}]) == 3 + 16


def test_a_cap_holds_when_all_of_every_prompt_is_written_to_the_cache() -> None:
    """As dear as it can be: no output is left unused, either."""

    def writes_all(asked: Message) -> Message:
        written = most_input_tokens(asked["messages"])
        return completion("hi", used(written, asked["maxOutputTokens"], cache_write_tokens=written))

    cap = Decimal("0.1")
    kit, history = LedgerKit(max_budget_usd=cap), list(PROMPT)
    with pytest.raises(RunStopped) as stopped:
        while True:
            kit.ledger.call(hosted(writes_all, "claude-haiku-4-5", 500), history, ROOT)
            history = [*history, {"role": "user", "content": "x" * 200}]
    assert stopped.value.code == "budget_exceeded"
    spent = Decimal(str(kit.completed()[-1]["totals"]["costUsd"]))
    # What is left does not pay for the next call, and what was spent is the worst case of each that was made.
    assert cap * Decimal("0.9") < spent <= cap


def test_without_a_budget_the_output_is_not_bounded_and_with_one_it_always_is(provider: FakeProvider) -> None:
    for budget, bound in ((None, None), (Decimal(1), 1000), (Decimal("0.001"), 489)):
        LedgerKit(max_budget_usd=budget).ledger.call(provided(provider), PROMPT, ROOT)
        sent = provider.requests[-1].body.get("max_tokens")
        assert sent == bound, "of 0.001 USD, 21 input tokens at 1 leave 489 output tokens at 2"


def test_money_stops_the_run_for_a_sub_call_as_for_the_root() -> None:
    for caller in (ROOT, QUERY):
        kit = LedgerKit(max_budget_usd=Decimal("0.0001"))
        with pytest.raises(RunStopped) as stopped:
            kit.ledger.call(hosted(lambda _: "ok"), PROMPT, caller)
        assert (stopped.value.code, kit.events) == ("budget_exceeded", [])


def test_spent_stays_under_the_cap_with_sixteen_threads(provider: FakeProvider) -> None:
    kit = LedgerKit(max_budget_usd=Decimal("0.05"))
    # Each call uses all that its bound allows.
    provider.script = lambda request: Reply("hi", 21, request.body["max_tokens"])
    served = provided(provider)

    def spend(_: int) -> None:
        try:
            kit.ledger.call(served, PROMPT, QUERY)
        except RunStopped as stopped:
            assert stopped.code == "budget_exceeded"

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(spend, range(100)))
    spent = sum(Decimal(str(call["costUsd"])) for call in kit.completed() if call["costUsd"] is not None)
    assert Decimal("0.03") < spent <= Decimal("0.05")


def test_a_retry_that_may_have_been_billed_needs_its_own_money(provider: FakeProvider) -> None:
    provider.script = lambda _: Answer(reset=True)
    with pytest.raises(ProviderError) as lost:
        LedgerKit(max_budget_usd=Decimal("0.003")).ledger.call(provided(provider), PROMPT, ROOT)
    assert lost.value.retryable
    assert len(provider.requests) == 1, "0.002 USD are set aside for each attempt"


def test_a_provider_that_ignores_its_bound_ends_the_run(provider: FakeProvider) -> None:
    kit, provider.script = LedgerKit(max_budget_usd=Decimal("0.003")), lambda _: Reply("hi", 10, 1_000_000)
    kit.ledger.call(provided(provider), PROMPT, ROOT)
    assert kit.stop.code == "budget_exceeded"


def test_stopping_closes_a_call_in_flight_and_records_it_abandoned(provider: FakeProvider) -> None:
    kit, provider.script = LedgerKit(), lambda _: Reply(hold=True)

    def stop_when_asked() -> None:
        provider.wait(lambda it: bool(it.requests))
        kit.stop.stop("cancelled", "enough")

    threading.Thread(target=stop_when_asked).start()
    with pytest.raises(RunStopped):
        kit.ledger.call(provided(provider), PROMPT, ROOT)
    (call,) = kit.completed()
    assert (call["outcome"], call["costUsd"], call["totals"]["costUsd"]) == ("abandoned", None, None)
    assert call["error"]["code"] == "cancelled"
    provider.wait(lambda it: it.closed == 1)


def test_a_stopped_run_makes_no_call(provider: FakeProvider) -> None:
    kit = LedgerKit()
    kit.stop.stop("cancelled", "")
    with pytest.raises(RunStopped):
        kit.ledger.call(provided(provider), PROMPT, ROOT)
    assert (provider.requests, kit.events) == ([], [])


def test_records_and_sub_calls_of_a_node_are_those_below_it() -> None:
    kit, served = LedgerKit(), hosted(lambda _: "ok")
    for caller in (ROOT, QUERY, Caller("child", "0/1", 1), Caller("llm_query", "0/1", 2), Caller("child", "0/10", 1)):
        kit.ledger.call(served, PROMPT, caller)
    assert (len(kit.ledger.records("0")), len(kit.ledger.records("0/1")), len(kit.ledger.records("0/10"))) == (5, 2, 1)
    assert (kit.ledger.sub_calls("0"), kit.ledger.sub_calls("0/1")) == (4, 1)


def test_the_sub_model_serves_every_name_but_the_roots() -> None:
    root, sub = provided(None, "big"), provided(None, "small")
    models = Models(root, sub)
    assert [models.serving(name) is root for name in ("big", "small", "gpt-5-pro", None)] == [True, False, False, False]
    assert Models(root, provided(None, "big")).serving("big") is not root


def test_a_reservation_settles_on_every_path_so_that_no_call_waits_for_ever() -> None:
    kit = LedgerKit(max_budget_usd=Decimal("0.005"))

    class Breaks(Exception):
        pass

    def breaks(_: object) -> None:
        raise Breaks

    written, kit.ledger._events.call_started = kit.ledger._events.call_started, breaks
    with pytest.raises(Breaks):
        kit.ledger.call(hosted(lambda _: "ok"), PROMPT, ROOT)
    kit.ledger._events.call_started = written
    # Of 0.005 USD, the call that broke keeps its 0.002; were they in flight still, a third call would wait for them.
    for _ in range(2):
        kit.ledger.call(hosted(lambda _: completion("ok", used(21, 300))), PROMPT, ROOT)
    assert kit.stop.code is None


@pytest.mark.parametrize("known", [True, False])
def test_an_absurd_cost_leaves_the_run_unstuck_and_its_cost_unknown(known: bool) -> None:
    kit, paid = LedgerKit(max_budget_usd=Decimal("0.005")), completion("paid", used(21, 10), None if known else 1e30)
    assert kit.ledger.call(hosted(lambda _: paid), PROMPT, ROOT).text == "paid"
    kit.ledger.call(hosted(lambda _: completion("ok", used(100, 10))), PROMPT, ROOT)
    assert [call["costUsd"] is None for call in kit.completed()] == [not known, False]
    assert (kit.completed()[-1]["totals"]["costUsd"] is None) is not known
