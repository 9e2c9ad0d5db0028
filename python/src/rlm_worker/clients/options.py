"""User-given names: ``samplingArgs`` in either case style, checked before they reach an SDK."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..snake_case import snake_case
from .rules import HEADERS, OBJECT, QUERY, SECONDS, TEXT, Rule, rejected, require

LIMIT_NAMES_OF_OPENAI = ("max_tokens", "max_completion_tokens")
OUTPUT_LIMIT_NAMES = (*LIMIT_NAMES_OF_OPENAI, "max_output_tokens")

SHAPED: dict[str, Rule] = {
    **{"extra_headers": HEADERS, "extra_query": QUERY, "extra_body": OBJECT, "timeout": SECONDS},
    **dict.fromkeys(("service_tier", "user_profile_id", "workspace_id"), TEXT),
}
"""What an SDK uses before it sends anything, and would refuse in its own words. The rest is the provider's to judge."""

OURS = ("model", "messages", "stream", "stream_options", "n", "tools", "functions")
SDK_VARIABLE_PREFIXES = ("OPENAI_", "ANTHROPIC_", "AZURE_OPENAI_", "GEMINI_", "GOOGLE_", "PORTKEY_")


class SamplingOptions(NamedTuple):
    """``samplingArgs`` with OpenAI's snake_case names; the output bound apart, because each wire names it otherwise.

    ``limit_names``: what the user called that bound, of the two names it has on OpenAI's wire.
    """

    values: dict[str, Any]
    max_output_tokens: int | None
    limit_names: tuple[str, ...] = ()


def sampling_options(sampling_args: Mapping[str, Any]) -> SamplingOptions:
    """Normalize ``samplingArgs``: snake_case, nulls dropped, ``stop_sequences`` as ``stop``.

    Raises:
        RunError: invalid_setting, for a name the worker sets itself or a bound that is no positive integer.
    """
    values: dict[str, Any] = {}
    limit: int | None = None
    names: list[str] = []
    for given, value in sampling_args.items():
        name = snake_case(given)
        if name in OURS:
            raise rejected(f"samplingArgs.{given} cannot be set: the run sets it itself. Remove it from samplingArgs.")
        if value is None:
            continue
        if name in OUTPUT_LIMIT_NAMES:
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise rejected(f"samplingArgs.{given} must be a whole number of tokens above 0, not {value!r}.")
            limit = value if limit is None else min(limit, value)
            if name in LIMIT_NAMES_OF_OPENAI:
                names.append(name)
        else:
            if name in SHAPED:
                require(f"samplingArgs.{given}", SHAPED[name], value)
            values["stop" if name == "stop_sequences" else name] = value
    return SamplingOptions(values, limit, tuple(names))


def forget_sdk_variables() -> None:
    """Remove the SDKs' own variables (keys, base URLs, organizations, extra headers) from this process.

    The SDKs read them wherever an argument is absent. The host has resolved what it wants of them already.
    """
    for name in [name for name in os.environ if name.startswith(SDK_VARIABLE_PREFIXES)]:
        del os.environ[name]
