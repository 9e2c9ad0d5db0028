"""Anthropic's Messages API, always streamed: the SDK refuses long outputs otherwise, and a stream does not idle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .anthropic_stream import StreamedMessage, read_message
from .base import ClientSettings, ModelReply, ModelRequest, SdkModelClient
from .finish_reasons import FinishReason, finish_reason
from .json_body import object_in
from .messages import alternating, split_system
from .model_limits import max_output_tokens as model_output_limit
from .options import forget_sdk_variables, known_and_extra
from .prompt_cache import breakpoints_in, caches, with_breakpoints
from .reply_schema import Schema, anthropic_schema
from .reported import total, usage_of
from .rules import rejected
from .transport import http_client

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

DEFAULT_MAX_TOKENS = 32_768
"""The official client's default (``rlm/clients/anthropic.py``); lower where the model's own limit is."""
FINISH_REASONS: dict[str, FinishReason] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refused",
    "tool_use": "unsupported",
    "pause_turn": "unsupported",
}


class AnthropicClient(SdkModelClient["AsyncAnthropic"]):
    """Messages over ``anthropic.AsyncAnthropic``, its own retries off."""

    forms = ("schema",)

    def __init__(self, settings: ClientSettings) -> None:
        super().__init__(settings)
        self._own_breakpoints = breakpoints_in(self._sampling.values)
        if any('"1h"' in json.dumps(given) for given in self._own_breakpoints):
            raise rejected("samplingArgs: a cache_control that lasts 1h has no price in the table. Leave its ttl out.")

    def output_limit(self, max_output_tokens: int | None) -> int:
        """Never None: the API demands a bound, so one is always sent."""
        limit = super().output_limit(max_output_tokens)
        return (
            limit
            if limit is not None
            else min(
                self.learned.output_limit or model_output_limit(self.model) or DEFAULT_MAX_TOKENS, DEFAULT_MAX_TOKENS
            )
        )

    async def _attempt(self, request: ModelRequest, output_limit: int | None) -> ModelReply:
        client = await self.sdk()
        arguments: dict[str, Any] = {"max_tokens": output_limit, **self._arguments(request.schema)}
        system, sent = self._prompt(request)
        if system:
            arguments["system"] = system
        create = client.messages.create
        # The bytes: the SDK's own reader turns what is no number into one, and has no end for a stream without one.
        streaming: Any = client.messages.with_streaming_response
        asked = streaming.create(model=self.model, messages=sent, stream=True, **known_and_extra(create, arguments))
        async with asked as answer:
            return _reply(await read_message(answer.iter_bytes()), self.model)

    def _prompt(self, request: ModelRequest) -> tuple[Any, Any]:
        """The system prompt and the messages, with cache breakpoints where the conversation goes on."""
        system, turns = split_system(request.messages)
        if self.settings.prompt_caching and caches(request.role, request.one_shot) and not self._own_breakpoints:
            return with_breakpoints(system, turns, request.role)
        return system, alternating(turns)

    def _arguments(self, schema: Schema | None) -> dict[str, Any]:
        arguments = dict(self._sampling.values)
        if "stop" in arguments:
            stop = arguments.pop("stop")
            arguments["stop_sequences"] = [stop] if isinstance(stop, str) else stop
        if "reasoning_effort" in arguments:
            effort = arguments.pop("reasoning_effort")
            arguments["output_config"] = {"effort": effort, **arguments.get("output_config", {})}
        taken = None if schema is None else anthropic_schema(schema)
        if taken is not None:
            form = {"type": "json_schema", "schema": taken}
            arguments["output_config"] = {**arguments.get("output_config", {}), "format": form}
        return arguments

    def _build(self) -> AsyncAnthropic:
        from anthropic import AsyncAnthropic

        forget_sdk_variables()
        bounds, target = self.settings.bounds, self.settings.target
        return AsyncAnthropic(
            api_key=target.api_key,
            base_url=target.base_url,
            max_retries=0,
            timeout=bounds.timeout_s,
            http_client=http_client(bounds),
            **self.settings.backend_options,
        )

    async def _close(self, client: AsyncAnthropic) -> None:
        await client.close()


def _reply(message: StreamedMessage, requested_model: str) -> ModelReply:
    usage = message.usage
    read, written = usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens")
    said = message.broken or message.stop_reason or ""
    ended = "broken" if message.broken else finish_reason(said, FINISH_REASONS, message.text)
    return ModelReply(
        text=message.text or message.explanation,
        model=message.model or requested_model,
        usage=usage_of(
            # Anthropic's input_tokens leaves out what the cache read or wrote.
            total(usage.get("input_tokens"), read, written),
            usage.get("output_tokens"),
            cached_input_tokens=read,
            cache_write_tokens=written,
            reasoning_tokens=object_in(usage, "output_tokens_details").get("thinking_tokens"),
        ),
        cost_usd=None,
        finish_reason=ended,
        said=said,
        cost_known=message.counted,
        failure=message.failure,
    )
