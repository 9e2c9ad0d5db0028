"""Portkey's gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from .base import DEFAULT_TIMEOUT_S, ModelReply, ModelRequest, SdkModelClient
from .chat_completions import reply_from
from .options import constructor_options, forget_sdk_variables

if TYPE_CHECKING:
    from portkey_ai import AsyncPortkey

OURS = {"api_key", "base_url", "http_client", "instrumentation", "debug"}
PER_CALL = {"timeout": "timeout", "default_headers": "extra_headers"}


class PortkeyClient(SdkModelClient["AsyncPortkey"]):
    """Chat completions over ``portkey_ai.AsyncPortkey``, its own retries off."""

    async def _attempt(self, request: ModelRequest, output_limit: int | None) -> ModelReply:
        client = await self.sdk()
        arguments: dict[str, Any] = {"timeout": DEFAULT_TIMEOUT_S, **self._sampling.values}
        for name, argument in PER_CALL.items():
            if name in self.settings.backend_options:
                arguments[argument] = self.settings.backend_options[name]
        if output_limit is not None:
            arguments["max_tokens"] = output_limit
        chat: Any = client.chat.completions
        completion = await chat.create(model=self.model, messages=request.messages, **arguments)
        body: Any = completion.model_dump()
        return reply_from(body, self.model)

    def _build(self) -> AsyncPortkey:
        from portkey_ai import AsyncPortkey

        forget_sdk_variables()
        given = {name: value for name, value in self.settings.backend_options.items() if name not in PER_CALL}
        options = constructor_options(cast(Any, AsyncPortkey), given, OURS)
        client = AsyncPortkey(api_key=self.settings.target.api_key, base_url=self.settings.target.base_url, **options)
        # The SDK offers no argument for the retries of the OpenAI client it holds.
        client.openai_client.max_retries = 0
        return client

    async def _close(self, client: AsyncPortkey) -> None:
        await client.openai_client.close()
