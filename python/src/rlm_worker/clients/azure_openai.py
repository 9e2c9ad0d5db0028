"""Azure OpenAI: the same completions behind a resource's endpoint, a deployment and an API version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .openai_compatible import OpenAICompatibleClient
from .options import forget_sdk_variables
from .transport import http_client

if TYPE_CHECKING:
    from openai import AsyncAzureOpenAI

DEFAULT_API_VERSION = "2024-10-21"
"""The last API version Azure calls generally available; newer ones are previews."""


class AzureOpenAIClient(OpenAICompatibleClient):
    """``baseUrl`` or ``backendOptions.azure_endpoint`` is the resource's endpoint; the model names the deployment."""

    def _build(self) -> AsyncAzureOpenAI:
        from openai import AsyncAzureOpenAI

        forget_sdk_variables()
        options = dict(self.settings.backend_options)
        endpoint = options.pop("azure_endpoint", None) or self.settings.target.base_url
        assert endpoint is not None, "create_client refuses a backend without the address that it needs"
        bounds = self.settings.bounds
        return AsyncAzureOpenAI(
            api_key=None if "azure_ad_token" in options else self.settings.target.api_key,
            azure_endpoint=endpoint,
            max_retries=0,
            timeout=bounds.timeout_s,
            http_client=http_client(bounds),
            api_version=options.pop("api_version", DEFAULT_API_VERSION),
            **options,
        )
