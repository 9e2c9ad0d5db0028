"""What an OpenAI-style chat completion says: text, usage and cost, from servers of very different exactness."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from .base import ModelReply, TokenUsage
from .failures import ErrorInReply
from .messages import text_of

Json = Mapping[str, Any]


def reply_from(body: Json, requested_model: str) -> ModelReply:
    """Read one completion.

    Args:
        body: the answer's JSON.
        requested_model: named when the answer does not say which model served.

    Raises:
        ErrorInReply: the body holds an error instead of a completion.
    """
    choices = cast(list[Json], body.get("choices") or [])
    choice: Json = choices[0] if choices else {}
    for error in (body.get("error"), choice.get("error")):
        if isinstance(error, Mapping):
            raise ErrorInReply(cast(Json, error))
    message = _object(choice, "message")
    usage = _object(body, "usage")
    return ModelReply(
        text=text_of(message.get("content")) or text_of(message.get("refusal")),
        model=str(body.get("model") or requested_model),
        usage=_usage(usage),
        cost_usd=_cost_usd(usage),
        finish_reason=choice.get("finish_reason"),
    )


def _usage(usage: Json) -> TokenUsage | None:
    """``prompt_tokens`` includes cached tokens and ``completion_tokens`` reasoning, as the OpenAI reference says."""
    if not isinstance(usage.get("prompt_tokens"), int):
        return None
    prompt, completion = _object(usage, "prompt_tokens_details"), _object(usage, "completion_tokens_details")
    return TokenUsage(
        input_tokens=_count(usage, "prompt_tokens"),
        output_tokens=_count(usage, "completion_tokens"),
        cached_input_tokens=_count(prompt, "cached_tokens"),
        cache_write_tokens=_count(prompt, "cache_write_tokens"),
        reasoning_tokens=_count(completion, "reasoning_tokens"),
    )


def _cost_usd(usage: Json) -> Decimal | None:
    """OpenRouter's ``usage.cost``: with the user's own upstream key the fee alone, so the upstream's bill is added."""
    cost = _dollars(usage.get("cost"))
    if cost is not None and usage.get("is_byok"):
        cost += _dollars(_object(usage, "cost_details").get("upstream_inference_cost")) or Decimal(0)
    return cost


def _dollars(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    amount = Decimal(str(value))
    return amount if amount.is_finite() and amount >= 0 else None


def _object(parent: Json, name: str) -> Json:
    value = parent.get(name)
    return cast(Json, value) if isinstance(value, Mapping) else {}


def _count(parent: Json, name: str) -> int:
    value = parent.get(name)
    return value if isinstance(value, int) and value > 0 else 0
