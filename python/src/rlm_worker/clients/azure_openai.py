"""Azure OpenAI: the same completions behind a resource's endpoint, a deployment and an API version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .base import DEFAULT_TIMEOUT_S
from .openai_compatible import OURS, OpenAICompatibleClient
from .options import constructor_options, forget_sdk_variables, rejected
from .tls import tls_context

if TYPE_CHECKING:
    from openai import AsyncAzureOpenAI

DEFAULT_API_VERSION = "2024-10-21"
"""The last API version Azure calls generally available; newer ones are previews."""


class AzureOpenAIClient(OpenAICompatibleClient):
    """``baseUrl`` or ``backendOptions.azure_endpoint`` is the resource's endpoint; the model names the deployment."""

    def _build(self) -> AsyncAzureOpenAI:
        from openai import AsyncAzureOpenAI, DefaultAsyncHttpxClient

        forget_sdk_variables()
        options = constructor_options(AsyncAzureOpenAI, self.settings.backend_options, OURS)
        endpoint = options.pop("azure_endpoint", None) or self.settings.target.base_url
        if not endpoint:
            raise rejected("azure_openai needs the resource's endpoint: set baseUrl, as https://NAME.openai.azure.com.")
        defaults = {"timeout": DEFAULT_TIMEOUT_S, "api_version": DEFAULT_API_VERSION}
        arguments: dict[str, Any] = {
            **defaults,
            "http_client": DefaultAsyncHttpxClient(verify=tls_context()),
            **options,
        }
        key = self.settings.target.api_key
        return AsyncAzureOpenAI(api_key=key, azure_endpoint=endpoint, max_retries=0, **arguments)
