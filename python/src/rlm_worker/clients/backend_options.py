"""What the ``backendOptions`` of each backend may be. The host checks the same first; a test compares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..snake_case import snake_case
from .rules import (
    BYTES,
    COUNT,
    FLAG,
    HEADERS,
    QUERY,
    SECONDS,
    TEXT,
    TEXT_OR_OBJECT,
    TEXT_OR_TEXTS,
    TEXTS,
    URL,
    Rule,
    rejected,
    require,
)

BOUNDS = ("timeout", "total_timeout", "max_reply_bytes")
"""Options of every backend: ``clients.bounds`` reads them, and no SDK does."""

Rules = dict[str, Rule]

EVERYWHERE: Rules = dict(zip(BOUNDS, (SECONDS, SECONDS, BYTES), strict=True))
REQUESTS: Rules = {"default_headers": HEADERS, "default_query": QUERY}
OPENAI: Rules = {
    **EVERYWHERE,
    **REQUESTS,
    **dict.fromkeys(("organization", "project"), TEXT),
}
PORTKEY: Rules = {
    **EVERYWHERE,
    "default_headers": HEADERS,
    **dict.fromkeys(
        (
            *("virtual_key", "provider", "trace_id", "cache_namespace", "openai_project", "openai_organization"),
            *("aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_region", "aws_s3_bucket"),
            *("aws_s3_object_key", "aws_bedrock_model", "vertex_project_id", "vertex_region"),
            *("vertex_storage_bucket_name", "workers_ai_account_id", "azure_resource_name", "azure_deployment_id"),
            *("azure_api_version", "azure_endpoint_name", "anthropic_beta", "anthropic_version", "provider_model"),
            *("mistral_fim_completion", "provider_file_name", "fireworks_account_id"),
        ),
        TEXT,
    ),
    **dict.fromkeys(("cache_force_refresh", "strict_open_ai_compliance", "calculate_audio_duration"), FLAG),
    **dict.fromkeys(("custom_host", "huggingface_base_url"), URL),
    "forward_headers": TEXTS,
    "metadata": TEXT_OR_TEXTS,
    "config": TEXT_OR_OBJECT,
    "request_timeout": COUNT,
}
BACKEND_OPTIONS: dict[str, Rules] = {
    "anthropic": {**EVERYWHERE, **REQUESTS},
    "gemini": {**EVERYWHERE, "default_headers": HEADERS, "api_version": TEXT},
    "portkey": PORTKEY,
    "azure_openai": {
        **OPENAI,
        **dict.fromkeys(("azure_deployment", "azure_ad_token", "api_version"), TEXT),
        "azure_endpoint": URL,
    },
    **dict.fromkeys(("openai", "openrouter", "vercel", "vllm", "litellm", "ollama"), OPENAI),
    "offline": EVERYWHERE,
}
"""By backend and name in snake_case. What else an SDK takes is the worker's own to set, or nothing JSON holds."""


def checked_options(backend: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """``backendOptions`` in snake_case, without what is null.

    Raises:
        RunError: invalid_setting, which begins with the name of the option at fault.
    """
    rules = BACKEND_OPTIONS[backend]
    checked: dict[str, Any] = {}
    for given, value in options.items():
        name = snake_case(given)
        rule = rules.get(name)
        if rule is None:
            taken = ", ".join(sorted(rules))
            raise rejected(f'backendOptions.{given} is no option of backend "{backend}". It takes: {taken}.')
        if value is None:
            continue
        require(f"backendOptions.{given}", rule, value)
        checked[name] = value
    return checked
