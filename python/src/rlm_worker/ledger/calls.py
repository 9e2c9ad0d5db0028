"""One model call as the ledger sees it: who makes it, how large it is, what it used and cost, and the sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict, cast

from ..cancel import RunStopped
from ..clients.base import TokenUsage
from ..clients.finish_reasons import FinishReason
from ..clients.messages import Messages
from ..errors import RunError
from ..journal.places import Place
from .models import Model

if TYPE_CHECKING:
    from .._generated import outgoing as out

Outcome = Literal["succeeded", "failed", "abandoned"]
OWN_TURN_ROLES = frozenset({"root", "compaction", "default_answer"})
NO_TOKENS = TokenUsage(0, 0)


class Caller(NamedTuple):
    """Who makes a call: its role, its node's path, the depth it is at, and the model that generated code asked for.

    ``one_shot``: the call is not a part of a longer conversation, though its role be that of one. ``iteration`` and
    ``code_block``: where in its node.
    """

    role: out.CallRole
    node: str
    depth: int
    requested_model: str | None = None
    one_shot: bool = False
    iteration: int = 0
    code_block: int = 0

    @property
    def place(self) -> Place:
        return Place(self.node, self.iteration, self.code_block)

    @property
    def is_sub_call(self) -> bool:
        """Every call but the root node's own turns."""
        return self.depth > 0 or self.role not in OWN_TURN_ROLES


class CallRecord(NamedTuple):
    """One call, after it, over all its attempts.

    Attributes:
        cost_usd: None when nobody can know it.
        finish_reason: how its reply ended; None when none came.
        output_bound: the most output tokens that it was asked for; None: the model's own bound.
    """

    call: str
    caller: Caller
    model: str
    usage: TokenUsage
    cost_usd: Decimal | None
    outcome: Outcome
    text: str = ""
    finish_reason: FinishReason | None = None
    output_bound: int | None = None

    @property
    def cut(self) -> str | None:
        """At what bound its reply was cut, to follow "was cut"; None for one that ended by itself."""
        if self.finish_reason != "length":
            return None
        if self.output_bound is not None:
            return f"at its bound of {self.output_bound:,} output tokens"
        written = f", after {self.usage.output_tokens:,} output tokens" if self.usage.output_tokens else ""
        return f"at the bound of the model's output{written}"


class Tokens(TypedDict):
    """Tokens of a call, as on the wire: input includes what was cached, output includes reasoning."""

    inputTokens: int
    outputTokens: int
    cachedInputTokens: int
    cacheWriteTokens: int
    reasoningTokens: int


@dataclass
class Totals:
    """Sums over the whole tree. ``cost_usd`` is None once that of any call is unknown."""

    calls: int = 0
    sub_calls: int = 0
    tokens: Tokens = field(default_factory=lambda: wire_tokens(NO_TOKENS))
    cost_usd: Decimal | None = Decimal(0)

    def add(self, record: CallRecord) -> None:
        self.calls += 1
        self.sub_calls += record.caller.is_sub_call
        self.tokens = plus_tokens(self.tokens, wire_tokens(record.usage))
        if record.cost_usd is None or self.cost_usd is None:
            self.cost_usd = None
        else:
            self.cost_usd += record.cost_usd

    def to_wire(self) -> out.CallTotals:
        return {"calls": self.calls, "subCalls": self.sub_calls, **self.tokens, "costUsd": wire_usd(self.cost_usd)}

    @property
    def used_tokens(self) -> int:
        return self.tokens["inputTokens"] + self.tokens["outputTokens"]


def most_input_tokens(messages: Messages) -> int:
    """A bound no tokenizer passes: one token a UTF-8 byte, and 16 a message for its role and separators."""
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in prompt_texts(messages)) + 16 * len(messages)


def prompt_chars(messages: Messages) -> int:
    return sum(map(len, prompt_texts(messages)))


def prompt_texts(messages: Messages) -> Iterator[str]:
    for message in messages:
        content = message.get("content")
        if isinstance(content, str):
            yield content
            continue
        parts = cast("list[Any]", content) if isinstance(content, list) else [content]
        for part in parts:
            text = cast("dict[str, Any]", part).get("text", part) if isinstance(part, dict) else part
            yield text if isinstance(text, str) else "" if text is None else str(text)


class Described(TypedDict):
    """What both events of a call say of it."""

    node: str
    depth: int
    call: str
    role: out.CallRole
    backend: out.Backend
    model: str
    requestedModel: str | None


def describe(call: str, model: Model, caller: Caller) -> Described:
    return {
        "node": caller.node,
        "depth": caller.depth,
        "call": call,
        "role": caller.role,
        "backend": model.backend,
        "model": model.name,
        "requestedModel": caller.requested_model,
    }


def plus_tokens(a: Tokens, b: Tokens) -> Tokens:
    return {
        "inputTokens": a["inputTokens"] + b["inputTokens"],
        "outputTokens": a["outputTokens"] + b["outputTokens"],
        "cachedInputTokens": a["cachedInputTokens"] + b["cachedInputTokens"],
        "cacheWriteTokens": a["cacheWriteTokens"] + b["cacheWriteTokens"],
        "reasoningTokens": a["reasoningTokens"] + b["reasoningTokens"],
    }


def wire_tokens(usage: TokenUsage) -> Tokens:
    return {
        "inputTokens": usage.input_tokens,
        "outputTokens": usage.output_tokens,
        "cachedInputTokens": usage.cached_input_tokens,
        "cacheWriteTokens": usage.cache_write_tokens,
        "reasoningTokens": usage.reasoning_tokens,
    }


def wire_error(failure: BaseException | None) -> out.CallError | None:
    if failure is None:
        return None
    if isinstance(failure, RunStopped):
        return {"code": failure.run_code, "message": failure.message}
    if isinstance(failure, RunError):
        return {"code": failure.code, "message": failure.message}
    return {"code": "worker_internal_error", "message": str(failure)}


def wire_usd(cost: Decimal | None) -> float | None:
    return None if cost is None else float(cost)
