"""Portkey's gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from .base import DEFAULT_TIMEOUT_S
from .openai_compatible import OpenAICompatibleClient
from .options import constructor_options, forget_sdk_variables

if TYPE_CHECKING:
    from openai import AsyncOpenAI

OURS = {"api_key", "base_url", "http_client", "instrumentation", "debug"}
PER_CALL = {"timeout": "timeout", "default_headers": "extra_headers"}


class PortkeyClient(OpenAICompatibleClient):
    """The OpenAI client that ``portkey_ai.AsyncPortkey`` holds: its headers say what Portkey is to do."""

    def _arguments(self, output_limit: int | None) -> dict[str, Any]:
        given = self.settings.backend_options
        per_call = {argument: given[name] for name, argument in PER_CALL.items() if name in given}
        return {"timeout": DEFAULT_TIMEOUT_S, **per_call, **super()._arguments(output_limit)}

    def _build(self) -> AsyncOpenAI:
        from portkey_ai import AsyncPortkey

        forget_sdk_variables()
        given = {name: value for name, value in self.settings.backend_options.items() if name not in PER_CALL}
        options = constructor_options(cast(Any, AsyncPortkey), given, OURS)
        portkey = AsyncPortkey(api_key=self.settings.target.api_key, base_url=self.settings.target.base_url, **options)
        client: Any = portkey.openai_client
        # The SDK offers no argument for the retries of the OpenAI client it holds.
        client.max_retries = 0
        return client
