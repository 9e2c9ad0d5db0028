"""OpenAI, and every server that speaks its chat completions: OpenRouter, Vercel, vLLM, LiteLLM's proxy, Ollama."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .base import ModelReply, ModelRequest, SdkModelClient
from .chat_completions import reply_from
from .json_body import json_object
from .messages import alternating
from .options import constructor_options, forget_sdk_variables, known_and_extra
from .transport import http_client

if TYPE_CHECKING:
    from openai import AsyncOpenAI

NO_KEY = "no-key"
"""Sent to servers that ask for none; the SDK wants some key."""
OURS = {
    "api_key",
    "base_url",
    "max_retries",
    "timeout",
    "http_client",
    "admin_api_key",
    "provider",
    "workload_identity",
    "webhook_secret",
}


class OpenAICompatibleClient(SdkModelClient["AsyncOpenAI"]):
    """Chat completions over ``openai.AsyncOpenAI``, its own retries off."""

    async def _attempt(self, request: ModelRequest, output_limit: int | None) -> ModelReply:
        client = await self.sdk()
        sent: Any = alternating(request.messages) if self.settings.alternate_roles else request.messages
        # Raw: many servers leave out fields the SDK's types declare, or add their own.
        raw: Any = client.chat.completions.with_raw_response
        arguments = known_and_extra(client.chat.completions.create, self._arguments(output_limit))
        answer = await raw.create(model=self.model, messages=sent, **arguments)
        body = json_object(answer.http_response.text)
        if body is None:
            raise self.malformed("with something other than a chat completion")
        return reply_from(body, self.model)

    def _arguments(self, output_limit: int | None) -> dict[str, Any]:
        arguments = dict(self._sampling.values)
        if output_limit is not None:
            arguments |= dict.fromkeys(self.limit_names(), output_limit)
        return arguments

    def _build(self) -> AsyncOpenAI:
        from openai import AsyncOpenAI

        forget_sdk_variables()
        options = constructor_options(AsyncOpenAI, self.settings.backend_options, OURS)
        bounds, target = self.settings.bounds, self.settings.target
        return AsyncOpenAI(
            api_key=target.api_key or NO_KEY,
            base_url=target.base_url,
            max_retries=0,
            timeout=bounds.timeout_s,
            http_client=http_client(bounds),
            **options,
        )

    async def _close(self, client: AsyncOpenAI) -> None:
        await client.close()
