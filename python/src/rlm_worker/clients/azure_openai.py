"""Azure OpenAI: the same completions behind a resource's endpoint, a deployment and an API version."""

from __future__ import annotations

from urllib.parse import quote

import httpx2

from .http_model_client import below
from .openai_compatible import PATH, OpenAICompatibleClient

DEFAULT_API_VERSION = "2024-10-21"
"""The last API version Azure calls generally available; newer ones are previews."""


class AzureOpenAIClient(OpenAICompatibleClient):
    """``baseUrl`` or ``backendOptions.azure_endpoint`` is the resource's endpoint; the model names the deployment."""

    def _address(self) -> httpx2.URL:
        options = self.settings.backend_options
        endpoint = options.get("azure_endpoint") or self.settings.target.base_url
        assert endpoint is not None, "create_client refuses a backend without the address that it needs"
        deployment = quote(options.get("azure_deployment") or self.model, safe="")
        version = options.get("api_version", DEFAULT_API_VERSION)
        address = below(endpoint, f"/openai/deployments/{deployment}{PATH}")
        return address.copy_merge_params({"api-version": version})

    def _headers(self) -> dict[str, str]:
        named = {name: text for name, text in super()._headers().items() if name != "authorization"}
        token = self.settings.backend_options.get("azure_ad_token")
        own = {"api-key": self.settings.target.api_key or ""} if token is None else {"authorization": f"Bearer {token}"}
        return {**own, **named}
