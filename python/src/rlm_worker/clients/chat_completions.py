"""What an OpenAI-style chat completion says: text, usage and cost, from servers of very different exactness."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from .base import ModelReply, TokenUsage
from .error_in_body import error_in
from .failures import ErrorInReply
from .finish_reasons import FinishReason, finish_reason, has_text
from .json_body import Json, first_in, object_in
from .messages import text_of
from .published import amount
from .reported import rest, total, usage_of, usd

FINISH_REASONS: dict[str, FinishReason] = {
    **dict.fromkeys(("length", "max_tokens", "max_output_tokens", "model_length"), "length"),
    "model_context_window_exceeded": "length",
    **dict.fromkeys(("content_filter", "refusal", "safety", "recitation", "sensitive", "blocked"), "refused"),
    **dict.fromkeys(("tool_calls", "function_call", "tool_use", "pause_turn"), "unsupported"),
    **dict.fromkeys(("error", "abort", "network_error", "insufficient_system_resource"), "broken"),
}
"""What servers of this dialect call an end that is not an answer's own, in lower case, whoever they pass on.

No word at all, or another ("eos", "end_turn", "stop_sequence"), beside a text is no false alarm: the body came whole,
and many servers leave the word out or make up their own for an ordinary end.
"""


COST_HEADER = "x-litellm-response-cost"
"""LiteLLM's proxy prices each call, its own names of models included."""


def reply_from(body: Json, requested_model: str, headers: Mapping[str, str]) -> ModelReply:
    """Read one completion.

    Args:
        body: the answer's JSON.
        requested_model: named when the answer does not say which model served.
        headers: the answer's, of which one may say what the call cost.

    Raises:
        ErrorInReply: the body holds an error of a known kind, and nothing was counted.
    """
    choice = first_in(body, "choices")
    message, usage = object_in(choice, "message"), object_in(body, "usage")
    text, refusal = text_of(message.get("content")), text_of(message.get("refusal"))
    failure = error_in(body)
    if failure is not None and failure.status_code is not None and not usage:
        raise failure
    failure = failure or error_in(choice)
    reason, said = _ending(choice, text, refusal, failure)
    reported, cost_usd = _reported_cost(body, usage, headers)
    return ModelReply(
        text=text or refusal,
        model=str(body.get("model") or requested_model),
        usage=_usage(usage),
        cost_usd=cost_usd,
        finish_reason=reason,
        said=said,
        cost_known=cost_usd is not None or not reported,
        failure=failure if failure and failure.status_code else None,
    )


def _ending(choice: Json, text: str, refusal: str, failure: ErrorInReply | None) -> tuple[FinishReason, str]:
    """How the answer ended, and what says so: the message itself before the server's word for it."""
    if failure is not None:  # a server that says why it does not answer refuses; in a choice, it had begun to
        return "broken" if choice.get("error") else "refused", str(failure)
    message = object_in(choice, "message")
    asked = next((name for name in ("tool_calls", "function_call") if message.get(name)), None)
    said = "refusal" if has_text(refusal) else asked or str(choice.get("finish_reason") or "")
    return finish_reason(said, FINISH_REASONS, text), said


def _usage(usage: Json) -> TokenUsage | None:
    """``prompt_tokens`` includes cached tokens and ``completion_tokens`` reasoning, as the OpenAI reference says.

    xAI, and Gemini behind this dialect, leave reasoning out of the completion, and the total says so.
    """
    prompt, completion = object_in(usage, "prompt_tokens_details"), object_in(usage, "completion_tokens_details")
    given, said, all_of_it = (usage.get(f"{kind}_tokens") for kind in ("prompt", "completion", "total"))
    reasoning = completion.get("reasoning_tokens")
    beside = total(said, reasoning)
    if reasoning and beside is not None and all_of_it == total(given, beside):
        said = beside
    return usage_of(
        rest(given, all_of_it, said),
        rest(said, all_of_it, given),
        cached_input_tokens=prompt.get("cached_tokens"),
        cache_write_tokens=prompt.get("cache_write_tokens"),
        reasoning_tokens=reasoning,
        all_tokens=all_of_it,
    )


def _reported_cost(body: Json, usage: Json, headers: Mapping[str, str]) -> tuple[bool, Decimal | None]:
    """Whether a router says what the call cost, and what; None where that cannot be true."""
    if headers.get(COST_HEADER):  # blank from older proxies that know no price
        return True, amount(headers[COST_HEADER])
    said = object_in(usage, "cost").get("total_cost", usage.get("cost"))  # Perplexity says it in parts
    if said is not None:
        return True, _with_upstream(usd(said), usage)
    gateway = _gateway(body)
    if gateway.get("cost") is None:
        return False, None
    cost = amount(gateway["cost"])
    # Vercel debits nothing for the user's own upstream key, which is billed at the market's price.
    return True, cost or amount(gateway.get("marketCost", gateway["cost"]))


def _with_upstream(cost: Decimal | None, usage: Json) -> Decimal | None:
    """OpenRouter's cost: with the user's own upstream key the fee alone, so the upstream's bill is added."""
    if cost is not None and usage.get("is_byok"):
        upstream = usd(object_in(usage, "cost_details").get("upstream_inference_cost"))
        return None if upstream is None else cost + upstream
    return cost


def _gateway(body: Json) -> Json:
    """What Vercel's gateway says of a call, wherever its versions put it."""
    for holder in (object_in(first_in(body, "choices"), "message"), body):
        for name in ("provider_metadata", "providerMetadata"):
            if name in holder:
                gateway = object_in(object_in(holder, name), "gateway")
                if gateway:
                    return gateway
    return {}
