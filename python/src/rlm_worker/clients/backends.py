"""Which client serves which backend, and where it calls by default."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast

from .._generated.messages import ModelSecrets, ModelSpec
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


@dataclass(frozen=True, slots=True)
class BackendProfile:
    """What differs between backends.

    Attributes:
        base_url: where calls go unless the spec says; None when only the user knows.
        key_variable: the variable a key is usually in; None when the backend needs no key.
        shape: of the history; many chat templates of self-hosted models refuse neighbours of one role.
    """

    client: type[ModelClient]
    base_url: str | None
    key_variable: str | None
    shape: Shape = ANY_SHAPE
    needs_base_url: bool = False


BACKENDS: dict[str, BackendProfile] = {
    "anthropic": BackendProfile(AnthropicClient, "https://api.anthropic.com", "ANTHROPIC_API_KEY"),
    "openai": BackendProfile(OpenAICompatibleClient, "https://api.openai.com/v1", "OPENAI_API_KEY"),
    "openrouter": BackendProfile(OpenAICompatibleClient, "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    "gemini": BackendProfile(GeminiClient, "https://generativelanguage.googleapis.com/", "GEMINI_API_KEY"),
    "portkey": BackendProfile(PortkeyClient, "https://api.portkey.ai/v1", "PORTKEY_API_KEY"),
    "azure_openai": BackendProfile(AzureOpenAIClient, None, "AZURE_OPENAI_API_KEY"),
    "vercel": BackendProfile(OpenAICompatibleClient, "https://ai-gateway.vercel.sh/v1", "AI_GATEWAY_API_KEY"),
    "vllm": BackendProfile(OpenAICompatibleClient, None, None, shape=ALTERNATING, needs_base_url=True),
    "litellm": BackendProfile(OpenAICompatibleClient, None, None, shape=ALTERNATING, needs_base_url=True),
    "ollama": BackendProfile(OpenAICompatibleClient, "http://127.0.0.1:11434/v1", None, shape=ALTERNATING),
    "offline": BackendProfile(OfflineClient, None, None),
}
"""Every backend of the wire. No backend's key is ever sent to another's default address."""


def create_client(spec: ModelSpec, secrets: ModelSecrets, *, prompt_caching: bool = False) -> ModelClient:
    """The client for one model. Nothing is imported, connected or read from the environment yet.

    Raises:
        ProviderError: authentication_failed, when the backend needs a key and ``secrets`` has none.
        RunError: invalid_setting, for a missing base URL or samplingArgs the worker cannot send.
    """
    profile = BACKENDS[spec.backend]
    options = checked_options(spec.backend, secrets.backend_options)
    target = CallTarget(
        backend=spec.backend,
        model=spec.model,
        base_url=spec.base_url or profile.base_url,
        api_key=secrets.api_key or None,
        key_variable=profile.key_variable,
        secrets=tuple(_texts(options)),
    )
    _check_base_url(target, profile)
    _check_key(target)
    if profile.key_variable and target.api_key is None and "azure_ad_token" not in options:
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


def _check_base_url(target: CallTarget, profile: BackendProfile) -> None:
    if target.base_url is None:
        if profile.needs_base_url:
            raise rejected(f'{target.backend} needs its server\'s address: set baseUrl, as "http://127.0.0.1:8000/v1".')
        return
    if not re.match(r"https?://[^/?#\s]+(?:[/?#]\S*)?$", target.base_url):
        raise rejected("baseUrl must be an address as https://host/path.")


def _texts(value: Any) -> list[str]:
    """Header values and tokens among the backend options: any longer text may be a secret."""
    if isinstance(value, dict):
        return [text for item in cast(dict[str, Any], value).values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in cast(list[Any], value) for text in _texts(item)]
    return [value] if isinstance(value, str) and len(value) >= 8 else []
