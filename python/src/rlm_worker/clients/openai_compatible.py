"""OpenAI, and every server that speaks its chat completions: OpenRouter, Vercel, vLLM, LiteLLM's proxy, Ollama."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import httpx2

from .base import ModelReply, ModelRequest
from .chat_completions import reply_from
from .failures import provider_failure
from .http_model_client import HttpModelClient, below
from .json_body import CutBody, json_object, whole_object
from .messages import with_text
from .published import Published, Source, sources_of
from .reply_schema import is_strict

NO_KEY = "no-key"
"""Sent to servers that ask for none: some want to see any."""
PATH = "/chat/completions"

PUBLISHED_TIMEOUT_S = 20.0
"""Seconds a router's list of models may take; it is asked once a run, before the first call."""


class OpenAICompatibleClient(HttpModelClient):
    """Chat completions, as they come: many servers leave out fields of the API's, or add their own."""

    forms = ("schema", "json")

    async def _attempt(self, request: ModelRequest, output_limit: int | None) -> ModelReply:
        asked = {"model": self.model, "messages": with_text(request.messages), **self._sampled}
        if output_limit is not None:
            asked |= dict.fromkeys(self.limit_names(), output_limit)
        answer = await self._post({**asked, **_format(request)})
        try:
            body = whole_object(await answer.read())
        except CutBody as cut:
            return self.broken(str(cut))
        if body is None:
            raise self.malformed("with something other than a chat completion")
        return reply_from(body, self.model, answer.headers)

    async def published(self) -> Published | None:
        for source in sources_of(self.backend, self.settings.target.base_url or ""):
            published = await self._published_at(source)
            if published is not None:
                return published
        return None

    async def _published_at(self, source: Source) -> Published | None:
        address = source.address(self.settings.target.base_url or "", self.model)
        try:
            async with asyncio.timeout(PUBLISHED_TIMEOUT_S):
                answer = await self._get(httpx2.URL(address))
                body = json_object(await answer.read())
        except Exception as error:  # without it the model's price is unknown, and that is said
            print(provider_failure(error, self.settings.target).message, file=sys.stderr)
            return None
        return None if body is None else source.entry(body, self.model)

    def _address(self) -> httpx2.URL:
        return below(self.settings.target.base_url or "", PATH)

    def _headers(self) -> dict[str, str]:
        options = self.settings.backend_options
        named = {f"openai-{name}": options[name] for name in ("organization", "project") if name in options}
        return {"authorization": f"Bearer {self.settings.target.api_key or NO_KEY}", **named}


def _format(request: ModelRequest) -> dict[str, Any]:
    """How the wire says the form of a reply."""
    if request.schema is None:
        return {}
    if request.form == "json":
        return {"response_format": {"type": "json_object"}}
    named = {"name": "reply", "schema": request.schema, "strict": is_strict(request.schema)}
    return {"response_format": {"type": "json_schema", "json_schema": named}}
