# Generated from packages/protocol/src/backends.ts, which says what each means.
# Do not edit: change it there and run `pnpm protocol:generate`.

from __future__ import annotations

from typing import NamedTuple


class BackendFacts(NamedTuple):
    keys: tuple[str, ...]
    sdk_keys: tuple[str, ...]
    needs_key: bool
    needs_base_url: bool
    address: str | None


BACKENDS = {
    "anthropic": BackendFacts(
        keys=("ANTHROPIC_API_KEY",),
        sdk_keys=("ANTHROPIC_AUTH_TOKEN",),
        needs_key=True,
        needs_base_url=False,
        address="https://api.anthropic.com",
    ),
    "openai": BackendFacts(
        keys=("OPENAI_API_KEY",),
        sdk_keys=(),
        needs_key=True,
        needs_base_url=False,
        address="https://api.openai.com/v1",
    ),
    "openrouter": BackendFacts(
        keys=("OPENROUTER_API_KEY",),
        sdk_keys=(),
        needs_key=True,
        needs_base_url=False,
        address="https://openrouter.ai/api/v1",
    ),
    "gemini": BackendFacts(
        keys=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        sdk_keys=(),
        needs_key=True,
        needs_base_url=False,
        address="https://generativelanguage.googleapis.com/",
    ),
    "portkey": BackendFacts(
        keys=("PORTKEY_API_KEY",),
        sdk_keys=(),
        needs_key=True,
        needs_base_url=False,
        address="https://api.portkey.ai/v1",
    ),
    "azure_openai": BackendFacts(
        keys=("AZURE_OPENAI_API_KEY",),
        sdk_keys=("AZURE_OPENAI_AD_TOKEN",),
        needs_key=True,
        needs_base_url=True,
        address=None,
    ),
    "vercel": BackendFacts(
        keys=("AI_GATEWAY_API_KEY",),
        sdk_keys=(),
        needs_key=True,
        needs_base_url=False,
        address="https://ai-gateway.vercel.sh/v1",
    ),
    "vllm": BackendFacts(
        keys=("VLLM_API_KEY",),
        sdk_keys=(),
        needs_key=False,
        needs_base_url=True,
        address=None,
    ),
    "litellm": BackendFacts(
        keys=("LITELLM_API_KEY",),
        sdk_keys=(),
        needs_key=False,
        needs_base_url=True,
        address=None,
    ),
    "ollama": BackendFacts(
        keys=(),
        sdk_keys=(),
        needs_key=False,
        needs_base_url=False,
        address="http://127.0.0.1:11434/v1",
    ),
    "offline": BackendFacts(
        keys=(),
        sdk_keys=(),
        needs_key=False,
        needs_base_url=False,
        address=None,
    ),
}
