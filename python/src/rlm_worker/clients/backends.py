"""Which client serves which backend."""

from __future__ import annotations

import re
from typing import NamedTuple

from .._generated.backends import BACKENDS
from .._generated.messages import ModelSecrets, ModelSpec
from ..wire.redaction import secret_texts
from .anthropic import AnthropicClient
from .azure_openai import AzureOpenAIClient
from .backend_options import BOUNDS, checked_options
from .base import ClientSettings, ModelClient
from .bounds import bounds_of
from .failures import CallTarget, missing_key
from .gemini import GeminiClient
from .limit_name import limit_name
from .offline import OfflineClient
from .openai_compatible import OpenAICompatibleClient
from .portkey import PortkeyClient
from .rules import rejected
from .shapes import ALTERNATING, ANY_SHAPE, Shape


class BackendProfile(NamedTuple):
    """Who speaks to a backend.

    Attributes:
        shape: of the history; many chat templates of self-hosted models refuse neighbours of one role.
        example: of an address, for the message where one is needed and missing.
    """

    client: type[ModelClient]
    shape: Shape = ANY_SHAPE
    example: str = "http://127.0.0.1:8000/v1"


PROFILES: dict[str, BackendProfile] = {
    "anthropic": BackendProfile(AnthropicClient),
    "openai": BackendProfile(OpenAICompatibleClient),
    "openrouter": BackendProfile(OpenAICompatibleClient),
    "gemini": BackendProfile(GeminiClient),
    "portkey": BackendProfile(PortkeyClient),
    "azure_openai": BackendProfile(AzureOpenAIClient, example="https://NAME.openai.azure.com"),
    "vercel": BackendProfile(OpenAICompatibleClient),
    "vllm": BackendProfile(OpenAICompatibleClient, ALTERNATING),
    "litellm": BackendProfile(OpenAICompatibleClient, ALTERNATING),
    "ollama": BackendProfile(OpenAICompatibleClient, ALTERNATING),
    "offline": BackendProfile(OfflineClient),
}
"""Every backend that the worker calls."""


def create_client(spec: ModelSpec, secrets: ModelSecrets, *, prompt_caching: bool = False) -> ModelClient:
    """The client for one model. Nothing is imported, connected or read from the environment yet.

    Raises:
        ProviderError: authentication_failed, when the backend needs a key and ``secrets`` has none.
        RunError: invalid_setting, for a missing base URL or samplingArgs the worker cannot send.
    """
    profile, facts = PROFILES[spec.backend], BACKENDS[spec.backend]
    options = checked_options(spec.backend, secrets.backend_options)
    target = CallTarget(
        backend=spec.backend,
        model=spec.model,
        base_url=spec.base_url or facts.address,
        api_key=secrets.api_key or None,
        key_variable=facts.keys[0] if facts.keys else None,
        secrets=tuple(secret_texts(secrets, spec.base_url)),
    )
    if target.base_url is not None:
        _check_base_url(target.base_url)
    elif facts.needs_base_url and "azure_endpoint" not in options:
        raise rejected(f'{spec.backend} needs its server\'s address: set baseUrl, as "{profile.example}".')
    _check_key(target)
    if facts.needs_key and target.api_key is None and "azure_ad_token" not in options:
        raise missing_key(target)
    return profile.client(
        ClientSettings(
            target=target,
            sampling_args=dict(spec.sampling_args),
            backend_options={name: value for name, value in options.items() if name not in BOUNDS},
            bounds=bounds_of(options),
            output_limit_parameter=limit_name(target, options.get("api_version")),
            shape=profile.shape,
            prompt_caching=prompt_caching,
        )
    )


def _check_key(target: CallTarget) -> None:
    """A key goes into a header, which takes neither line breaks nor other alphabets."""
    key = target.api_key
    if key is not None and (not re.fullmatch(r"[\x20-\x7e]+", key) or key != key.strip()):
        name = f"{target.key_variable} or apiKey" if target.key_variable else "apiKey"
        what = "begins or ends with a blank, or has a line break or a letter that no key has"
        raise rejected(f"{name}: the key {what}. Copy it again, alone.")


def _check_base_url(base_url: str) -> None:
    if not re.match(r"https?://[^/?#\s]+(?:[/?#]\S*)?$", base_url):
        raise rejected("baseUrl must be an address as https://host/path.")
