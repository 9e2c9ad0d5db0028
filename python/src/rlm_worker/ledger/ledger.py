"""The ledger: every model call of the tree passes ``Ledger.call``; nothing else reaches a provider."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, NoReturn

from ..cancel import RunStopped, StopSignal
from ..clients.base import ModelReply, ModelRequest, UnusableReply
from ..clients.loop import provider_loop
from ..clients.messages import Messages
from ..clients.reply_form import most_form_bytes
from ..clients.reply_schema import Schema
from ..clients.retry import complete_with_retries
from ..coverage import Coverage
from ..errors import ProviderError
from ..journal.journal import Journal
from ..wire.events import Events
from .attempt import Attempt
from .book import Book
from .call_bill import CallBill
from .calls import (
    Caller,
    CallRecord,
    Outcome,
    describe,
    most_input_tokens,
    prompt_chars,
    wire_error,
    wire_tokens,
    wire_usd,
)
from .limits import DEARER, Budget, BudgetExhausted, CallLimit, Reservation
from .models import Model, unknown_price
from .prices import PriceBook
from .prompt_size import refuse_empty, refuse_too_long
from .read_prompts import ReadPrompts
from .replies import failure_of, is_dearer, money_gone, raise_failure, record_of

if TYPE_CHECKING:
    from .._generated.messages import RecordedCall
    from .._generated.outgoing import RunErrorCode


class Ledger:
    """Limits, makes and records the calls of one run: a coroutine each, on the provider loop, where they take turns."""

    def __init__(
        self,
        *,
        prices: PriceBook,
        stop: StopSignal,
        events: Events,
        journal: Journal,
        max_sub_calls: int,
        max_concurrent_sub_calls: int,
        max_budget_usd: Decimal | None,
        max_tokens: int | None,
        coverage: Coverage | None = None,
    ) -> None:
        """``coverage`` hears of the prompt of every call that succeeds; calls of earlier lives, which the ``journal``
        has, count from the beginning."""
        spent = [record_of(call) for call in journal.recorded.spent.calls]
        self._prices, self._stop, self._events, self._journal = prices, stop, events, journal
        # What was in flight when a life ended is asked once more.
        asked = sum(record.caller.is_sub_call and record.outcome != "abandoned" for record in spent)
        self._sub_calls = CallLimit(max_sub_calls, "sub-call", asked)
        self._slots = asyncio.Semaphore(max_concurrent_sub_calls)
        gone = money_gone(journal.recorded.spent.calls)
        self._budget = None if max_budget_usd is None else Budget(max_budget_usd, gone)
        self._max_tokens = max_tokens
        self._read = ReadPrompts(coverage, events.warn)
        self._started = journal.recorded.spent.last_call
        self._book = Book(spent)

    def call(self, model: Model, messages: Messages, caller: Caller, schema: Schema | None = None) -> CallRecord:
        """``call_async``, waiting in this thread, which is not the provider loop's."""
        return provider_loop().call(self.call_async(model, messages, caller, schema), self._stop)

    async def call_async(
        self, model: Model, messages: Messages, caller: Caller, schema: Schema | None = None
    ) -> CallRecord:
        """Make one call and record it, on the provider loop. ``schema``: what its reply is to fit, beside the prompt.

        Raises:
            CallRefused: maxSubCalls is reached; nothing was sent.
            RunError: the prompt is empty, or no window holds it (context_too_long); nothing was sent.
            UnusableReply: a reply came that is no answer.
            ProviderError: the provider failed, retries included.
            RunStopped: the run was stopped before or while this call waited, or this call reached a limit of the run.
        """
        self._stop.raise_if_stopped()
        refuse_too_long(model, messages, model.window(self._prices))
        refuse_empty(messages)
        key = self._journal.key(caller.role, caller.requested_model, messages, schema)
        refused = caller.is_sub_call and self._sub_calls.is_reached
        recorded = self._journal.call(caller.role, caller.place, key, model.name, messages, is_refused=refused)
        if recorded is not None:
            return self._replayed(recorded, model, messages, caller)
        if not caller.is_sub_call:
            return await self._make(model, messages, caller, schema, key)
        self._sub_calls.admit()
        async with self._slots:
            return await self._make(model, messages, caller, schema, key)

    def records(self, node: str) -> list[CallRecord]:
        """The calls made by a node and by everything below it."""
        return self._book.below(node)

    def sub_calls(self, node: str) -> int:
        """The sub-calls made by a node's REPL and everything below it."""
        own_depth = node.count("/")
        return sum(record.caller.is_sub_call and record.caller.depth > own_depth for record in self.records(node))

    def asked_by(self, node: str) -> list[CallRecord]:
        """The plain calls made from a node's REPL, in the order of their ends."""
        return self._book.asked_by(node)

    @property
    def calls(self) -> int:
        """Calls made so far, failed ones included."""
        return self._book.calls

    def _replayed(self, recorded: RecordedCall, model: Model, messages: Messages, caller: Caller) -> CallRecord:
        """A call of an earlier life once more: it costs nothing, and ends as it did."""
        record = record_of(recorded, caller)
        self._events.call_replayed(
            {
                "type": "call.replayed",
                "node": caller.node,
                "depth": caller.depth,
                "call": record.call,
                "role": caller.role,
                "model": record.model,
            }
        )
        if record.outcome == "succeeded":
            self._read.note(model, messages, caller, record.finish_reason, record.usage)
        self._book.add_again(record)
        if self._budget and self._budget.is_passed and is_dearer(recorded):
            self._end("budget_exceeded", DEARER)
        raise_failure(recorded)
        return record

    async def _make(
        self, model: Model, messages: Messages, caller: Caller, schema: Schema | None, key: str
    ) -> CallRecord:
        self._journal.refuse_new()
        self._refuse_over_tokens()
        reservation = await self._reserve(model, messages, schema)
        try:
            return await self._made(model, messages, caller, reservation, schema, key)
        finally:
            # Whatever went wrong: money that nobody settles would keep every other call waiting.
            if self._budget and reservation:
                self._budget.settle(reservation, None)

    async def _made(
        self,
        model: Model,
        messages: Messages,
        caller: Caller,
        reservation: Reservation | None,
        schema: Schema | None,
        key: str,
    ) -> CallRecord:
        self._started += 1
        call = f"call-{self._started}"
        described = describe(call, model, caller)
        await self._journal.call_started(
            {"type": "call.started", **described, "promptChars": prompt_chars(messages)},
            place=caller.place,
            key=key,
            messages=messages,
            schema=schema,
            reserved_usd=wire_usd(reservation.amount) if reservation else None,
        )
        bound = reservation.max_output_tokens if reservation else None
        request = ModelRequest(messages, bound, caller.role, caller.depth, caller.one_shot, schema)
        bill = CallBill(model, self._prices)
        attempt = Attempt(call, time.perf_counter(), reservation, model, caller, described, bill)
        try:
            reply, retries = await complete_with_retries(model.client, request, on_retry=self._on_retry(attempt))
        except (asyncio.CancelledError, RunStopped) as cut:
            # Cut in flight: its provider may bill it.
            stopped = self._stopped(cut)
            await self._record(attempt, "abandoned", bill.add_failure(stopped), stopped)
            raise stopped from None
        except Exception as failure:
            await self._record(attempt, "failed", bill.add_failure(failure), failure)
            raise
        cost = bill.add_reply(reply)
        try:
            self._read.note(model, messages, caller, reply.finish_reason, reply.usage)
        finally:  # it is paid for, whatever becomes of its coverage
            record = await self._record(attempt, "succeeded", cost, reply=reply, retries=retries)
        return record

    def _stopped(self, cut: BaseException) -> RunStopped:
        return (
            cut if isinstance(cut, RunStopped) else RunStopped(self._stop.code or "cancelled", self._stop.message or "")
        )

    def _refuse_over_tokens(self) -> None:
        used = self._book.used_tokens
        if self._max_tokens is not None and used >= self._max_tokens:
            self._end("token_limit_exceeded", f"The run used {used:,} of {self._max_tokens:,} tokens. Raise maxTokens.")

    async def _reserve(self, model: Model, messages: Messages, schema: Schema | None) -> Reservation | None:
        if self._budget is None:
            return None
        most_input = most_input_tokens(messages) + most_form_bytes(schema)

        def price(output_tokens: int) -> Decimal:
            worst = self._prices.worst_case(model.backend, model.name, most_input, output_tokens)
            if worst is None:
                raise unknown_price(model)
            return worst

        try:
            return await self._budget.reserve(price, model.max_output_tokens)
        except BudgetExhausted:
            cap = self._budget.cap_usd
            self._end("budget_exceeded", f"The next call could pass the budget of ${cap:f}. Raise maxBudgetUsd.")

    def _end(self, code: RunErrorCode, message: str) -> NoReturn:
        self._stop.stop(code, message)
        raise RunStopped(self._stop.code or code, self._stop.message or message)

    def _on_retry(self, attempt: Attempt) -> Callable[[ProviderError, int, float], None]:
        def on_retry(error: ProviderError, _retry: int, _delay_s: float) -> None:
            reservation = attempt.reservation
            if self._budget and reservation:
                cost = attempt.bill.cost_of_failure(error)
                if not self._budget.write_off(reservation.amount if cost is None else cost):
                    raise error
            attempt.bill.add_failure(error)

        return on_retry

    async def _record(
        self,
        attempt: Attempt,
        outcome: Outcome,
        last_cost: Decimal | None,
        failure: BaseException | None = None,
        reply: ModelReply | None = None,
        retries: int = 0,
    ) -> CallRecord:
        """``last_cost``: of the attempt that came last; those before it were written off."""
        budget, reservation, bill = self._budget, attempt.reservation, attempt.bill
        within_budget = budget.settle(reservation, last_cost) if budget and reservation else True
        if isinstance(failure, UnusableReply):
            reply = failure.reply
        if isinstance(failure, ProviderError):
            retries = failure.retries
        record = CallRecord(
            call=attempt.call,
            caller=attempt.caller,
            model=attempt.model.name,
            usage=bill.usage,
            cost_usd=bill.cost_usd,
            outcome=outcome,
            text=self._journal.as_kept(reply.text) if reply else "",
            finish_reason=reply.finish_reason if reply else None,
            output_bound=reply.output_limit if reply else None,
        )
        latency_ms = (time.perf_counter() - attempt.started) * 1000
        written = self._journal.call_completed(
            {
                "type": "call.completed",
                **attempt.described,
                **wire_tokens(record.usage),
                "costUsd": wire_usd(record.cost_usd),
                "latencyMs": latency_ms,
                "retries": retries,
                "outcome": outcome,
                "finishReason": record.finish_reason,
                "error": wire_error(failure),
                "totals": self._book.add(record),
            },
            text=record.text,
            output_bound=record.output_bound,
            failure=failure_of(failure),
        )
        if not within_budget:
            self._stop.stop("budget_exceeded", DEARER)
        await self._journal.kept(written)
        return record
