"""Anthropic's Messages API, always streamed: long outputs come in time, and a stream does not idle."""

from __future__ import annotations

import json
from typing import Any

import httpx2

from .anthropic_stream import StreamedMessage, read_message
from .base import ClientSettings, ModelReply, ModelRequest
from .finish_reasons import FinishReason, finish_reason
from .http_model_client import HttpModelClient, below
from .json_body import object_in
from .messages import alternating, split_system
from .model_limits import max_output_tokens as model_output_limit
from .prompt_cache import breakpoints_in, caches, with_breakpoints
from .reply_schema import Schema, anthropic_schema
from .reported import total, usage_of
from .rules import rejected

PATH = "/v1/messages"
API_VERSION = "2026-10-21"

DEFAULT_MAX_TOKENS = 32_768
"""The official client's default (``rlm/clients/anthropic.py``); lower where the model's own limit is."""
FINISH_REASONS: dict[str, FinishReason] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refused",
    "tool_use": "unsupported",
    "pause_turn": "unsupported",
}


OF_HEADERS = {"user_profile_id": "anthropic-user-profile-id", "workspace_id": "anthropic-workspace-id"}
"""Sampling arguments that go into a header, as the SDK has it."""


class AnthropicClient(HttpModelClient):
    """Messages, as a stream of events."""

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
        system, sent = self._prompt(request)
        asked = {"model": self.model, "max_tokens": output_limit, "messages": sent, "stream": True}
        if system:
            asked["system"] = system
        arguments = self._arguments(request.schema)
        answer = await self._post({**asked, **arguments})
        try:
            return _reply(await read_message(answer.pieces), self.model)
        finally:
            await answer.close()

    def _prompt(self, request: ModelRequest) -> tuple[Any, Any]:
        """The system prompt and the messages, with cache breakpoints where the conversation goes on."""
        system, turns = split_system(request.messages)
        if self.settings.prompt_caching and caches(request.role, request.one_shot) and not self._own_breakpoints:
            return with_breakpoints(system, turns, request.role)
        return system, alternating(turns)

    def _arguments(self, schema: Schema | None) -> dict[str, Any]:
        arguments = {name: value for name, value in self._sampled.items() if name not in OF_HEADERS}
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

    def _address(self) -> httpx2.URL:
        return below(self.settings.target.base_url or "", PATH)

    def _headers(self) -> dict[str, str]:
        sampling = self._sampling.values
        named = {header: sampling[name] for name, header in OF_HEADERS.items() if name in sampling}
        own = {"authorization": f"Bearer {self.settings.target.api_key}", "anthropic-version": API_VERSION}
        return {**own, **named}


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
