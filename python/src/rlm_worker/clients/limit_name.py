"""What a server calls the bound of an answer: ``max_tokens``, or ``max_completion_tokens`` as OpenAI since o1."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from .dialects import COMPLETION, PLAIN
from .failures import CallTarget

OPENAI_HOST = "api.openai.com"
NEW_NAME_ONLY = re.compile(r"(?:^|[/.@:])(?:gpt-5|o[134](?:-|$))", re.IGNORECASE)
"""Models that refuse the old name, whoever passes the request on to them."""

PASSING_ON = frozenset({"openai", "portkey", "litellm", "vllm"})
"""Backends that pass the name on as it is. The other gateways take ``max_tokens`` and translate it."""

FIRST_AZURE_VERSION = "2024-09-01"
"""Azure's first API version that knows the new name; versions begin with their date."""


def limit_name(target: CallTarget, api_version: Any = None) -> str:
    """The name for a bound that the user gave none. Servers that ignore the other one write, and bill, without end."""
    if target.backend == "azure_openai":
        is_dated = isinstance(api_version, str) and re.match(r"\d{4}-\d{2}-\d{2}", api_version)
        return PLAIN if is_dated and str(api_version) < FIRST_AZURE_VERSION else COMPLETION
    if target.backend == "openai" and urlsplit(target.base_url or "").hostname == OPENAI_HOST:
        return COMPLETION
    return COMPLETION if target.backend in PASSING_ON and NEW_NAME_ONLY.search(target.model) else PLAIN
