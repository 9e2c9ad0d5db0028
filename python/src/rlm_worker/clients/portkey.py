"""Portkey's gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .openai_compatible import OpenAICompatibleClient
from .options import forget_sdk_variables
from .transport import as_httpx, http_client

if TYPE_CHECKING:
    from openai import AsyncOpenAI

HEADERS = "default_headers"


class PortkeyClient(OpenAICompatibleClient):
    """The OpenAI client that ``portkey_ai.AsyncPortkey`` holds: its headers say what Portkey is to do."""

    @property
    def _response(self) -> Any:
        import httpx

        return httpx.Response

    def _arguments(self, output_limit: int | None) -> dict[str, Any]:
        headers = self.settings.backend_options.get(HEADERS)
        return {"extra_headers": headers, "timeout": self.settings.bounds.timeout_s, **super()._arguments(output_limit)}

    def _build(self) -> AsyncOpenAI:
        from portkey_ai import AsyncPortkey

        forget_sdk_variables()
        options = {name: value for name, value in self.settings.backend_options.items() if name != HEADERS}
        target = self.settings.target
        through = as_httpx(http_client(self.settings.bounds))
        portkey = AsyncPortkey(api_key=target.api_key, base_url=target.base_url, http_client=through, **options)
        client: Any = portkey.openai_client
        # The SDK offers no argument for the retries of the OpenAI client it holds.
        client.max_retries = 0
        return client
