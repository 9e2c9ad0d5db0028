"""Portkey's gateway: OpenAI's wire, and headers that say what Portkey is to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from .http_model_client import OF_A_REQUEST
from .openai_compatible import OpenAICompatibleClient

NOT_OF_PORTKEY = frozenset({"default_headers", "calculate_audio_duration", *OF_A_REQUEST})


class PortkeyClient(OpenAICompatibleClient):
    """Its headers are those of ``portkey_ai.createHeaders``."""

    def _headers(self) -> dict[str, str]:
        options = {"strict_open_ai_compliance": False, **self.settings.backend_options}
        given = {"api_key": self.settings.target.api_key, **options}
        forwarded = {_dashed(name) for name in options.get("forward_headers", ())}
        headers: dict[str, str] = {}
        for name, value in given.items():
            if name not in NOT_OF_PORTKEY and (value or value is False):
                dashed = _dashed(name)
                headers[dashed if dashed in forwarded else f"x-portkey-{dashed}"] = _text(value)
        return headers


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return json.dumps(value)
    return ",".join(cast("list[str]", value)) if isinstance(value, list) else str(value)
