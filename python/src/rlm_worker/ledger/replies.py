"""How a call ended, as the journal keeps it, and as it is once more when the run is resumed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from .._generated.messages import RecordedCall
from ..clients.base import ModelReply, TokenUsage, UnusableReply
from ..errors import ProviderError, RunError
from ..journal.recorded import OWN_TURNS
from .calls import Caller, CallRecord

if TYPE_CHECKING:
    from .._generated import outgoing as out


def record_of(recorded: RecordedCall, caller: Caller | None = None) -> CallRecord:
    """``caller``: who asks now; None: as far as the journal knows."""
    cost = recorded.cost_usd
    return CallRecord(
        call=recorded.call,
        caller=caller or _caller_of(recorded),
        model=recorded.model or "",
        usage=TokenUsage(
            recorded.input_tokens,
            recorded.output_tokens,
            recorded.cached_input_tokens,
            recorded.cache_write_tokens,
            recorded.reasoning_tokens,
        ),
        cost_usd=None if cost is None else Decimal(str(cost)),
        outcome=recorded.outcome,
        text=recorded.text,
        finish_reason=recorded.finish_reason,
        output_bound=recorded.output_bound,
    )


def money_gone(calls: Iterable[RecordedCall]) -> Decimal:
    """What calls took of a budget: what they cost, or all that was set aside for them where nobody knows."""
    amounts = (call.reserved_usd if call.cost_usd is None else call.cost_usd for call in calls)
    return sum((Decimal(str(amount or 0)) for amount in amounts), Decimal(0))


def is_dearer(call: RecordedCall) -> bool:
    """Whether it cost more than was set aside for it."""
    return call.reserved_usd is not None and (call.cost_usd or 0) > call.reserved_usd


def failure_of(failure: BaseException | None) -> out.CallFailure | None:
    """What ``raise_failure`` needs beside the error of the event."""
    if failure is None:
        return None
    if isinstance(failure, UnusableReply):
        return {"kind": "unusable", "status": failure.status, "unsent": False, "said": failure.reply.said}
    if isinstance(failure, ProviderError):
        return {"kind": "provider", "status": failure.status, "unsent": failure.unsent, "said": ""}
    return {"kind": "run" if isinstance(failure, RunError) else "other", "status": None, "unsent": False, "said": ""}


def raise_failure(recorded: RecordedCall) -> None:
    """Raises what the call raised. Nothing for one that succeeded."""
    failure, error = recorded.failure, recorded.error
    if failure is None or error is None:
        return
    if failure.kind == "unusable":
        record = record_of(recorded)
        reply = ModelReply(
            record.text, record.model, record.usage, record.cost_usd, record.finish_reason or "broken", failure.said
        )
        raise UnusableReply(reply, error.code, error.message, status=failure.status)
    if failure.kind == "provider":
        raise ProviderError(error.code, error.message, status=failure.status, unsent=failure.unsent)
    raise RunError(error.code, error.message)


def _caller_of(recorded: RecordedCall) -> Caller:
    depth = recorded.node.count("/") + (recorded.role not in OWN_TURNS)
    return Caller(recorded.role, recorded.node, depth)
