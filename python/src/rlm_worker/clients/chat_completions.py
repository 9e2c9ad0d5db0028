"""What an OpenAI-style chat completion says: text, usage and cost, from servers of very different exactness."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from .base import ModelReply, TokenUsage
from .failures import ErrorInReply
from .json_body import Json, first_in, object_in
from .messages import text_of
from .reported import usage_of, usd


def reply_from(body: Json, requested_model: str) -> ModelReply:
    """Read one completion.

    Args:
        body: the answer's JSON.
        requested_model: named when the answer does not say which model served.

    Raises:
        ErrorInReply: the body holds an error instead of a completion.
    """
    choice = first_in(body, "choices")
    for error in (body.get("error"), choice.get("error")):
        if isinstance(error, Mapping):
            raise ErrorInReply(cast(Json, error))
    message = object_in(choice, "message")
    usage = object_in(body, "usage")
    cost_usd = _cost_usd(usage)
    return ModelReply(
        text=text_of(message.get("content")) or text_of(message.get("refusal")),
        model=str(body.get("model") or requested_model),
        usage=_usage(usage),
        cost_usd=cost_usd,
        finish_reason=choice.get("finish_reason"),
        cost_known=cost_usd is not None or usage.get("cost") is None,
    )


def _usage(usage: Json) -> TokenUsage | None:
    """``prompt_tokens`` includes cached tokens and ``completion_tokens`` reasoning, as the OpenAI reference says."""
    prompt, completion = object_in(usage, "prompt_tokens_details"), object_in(usage, "completion_tokens_details")
    return usage_of(
        usage.get("prompt_tokens"),
        usage.get("completion_tokens"),
        cached_input_tokens=prompt.get("cached_tokens"),
        cache_write_tokens=prompt.get("cache_write_tokens"),
        reasoning_tokens=completion.get("reasoning_tokens"),
    )


def _cost_usd(usage: Json) -> Decimal | None:
    """OpenRouter's ``usage.cost``: with the user's own upstream key the fee alone, so the upstream's bill is added."""
    cost = usd(usage.get("cost"))
    if cost is not None and usage.get("is_byok"):
        upstream = usd(object_in(usage, "cost_details").get("upstream_inference_cost"))
        return None if upstream is None else cost + upstream
    return cost
