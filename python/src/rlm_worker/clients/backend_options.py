"""What the ``backendOptions`` of each backend may be. The host checks the same first; a test compares."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from .options import rejected, snake_case

MOST_SECONDS = 7 * 86_400
MOST_BYTES = 1 << 31
BOUNDS = ("timeout", "total_timeout", "max_reply_bytes")
"""Options of every backend: ``clients.bounds`` reads them, and no SDK does."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value must be; ``words`` end the sentence "<name> must …"."""

    words: str
    allows: Callable[[Any], bool]


def _is_carried(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?", value) is not None


def _is_amount(most: float) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= most


def _holds(*types: type) -> Callable[[Any], bool]:
    """Whether a value is an object of such values."""
    return lambda value: (
        isinstance(value, Mapping)
        and all(isinstance(item, types) for item in cast("Mapping[str, Any]", value).values())
    )


TEXT = Rule("be a text of ASCII letters, without line breaks or blanks around it", _is_carried)
URL = Rule(
    "be an http or https URL without blanks",
    lambda value: isinstance(value, str) and re.fullmatch(r"https?://[^/?#\s]+(?:[/?#]\S*)?", value) is not None,
)
FLAG = Rule("be true or false", lambda value: isinstance(value, bool))
COUNT = Rule("be a whole number above 0", lambda value: type(value) is int and value > 0)
TEXTS = Rule(
    "be a list of such texts: ASCII, without line breaks or blanks around them",
    lambda value: isinstance(value, list) and all(map(_is_carried, cast("list[Any]", value))),
)
HEADERS = Rule("be an object of texts", _holds(str))
QUERY = Rule("be an object of texts, numbers and truth values", _holds(str, int, float))
TEXT_OR_TEXTS = Rule("be a text, or an object of texts", lambda value: _is_carried(value) or HEADERS.allows(value))
TEXT_OR_OBJECT = Rule("be a text, or an object", lambda value: _is_carried(value) or isinstance(value, Mapping))
SECONDS = Rule(f"be a number of seconds above 0 and at most {MOST_SECONDS:,}", _is_amount(MOST_SECONDS))
BYTES = Rule(f"be a number of bytes above 0 and at most {MOST_BYTES:,}", _is_amount(MOST_BYTES))

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
        if not rule.allows(value):
            raise rejected(f"backendOptions.{given} must {rule.words}.")
        if rule is HEADERS:
            _check_headers(given, value)
        checked[name] = value
    return checked


def _check_headers(given: str, headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not (value == "" or _is_carried(value)) or not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", name, re.ASCII):
            raise rejected(f"backendOptions.{given}: '{name}' is no header that HTTP carries: check its blanks.")
