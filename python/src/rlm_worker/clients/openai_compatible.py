"""OpenAI, and every server that speaks its chat completions: OpenRouter, Vercel, vLLM, LiteLLM's proxy, Ollama."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import httpx2

from .base import ModelReply, ModelRequest, SdkModelClient
from .chat_completions import reply_from
from .failures import provider_failure
from .json_body import CutBody, json_object, whole_object
from .messages import with_text
from .options import forget_sdk_variables
from .published import Published, Source, sources_of
from .reply_schema import is_strict
from .transport import http_client

if TYPE_CHECKING:
    from openai import AsyncOpenAI

NO_KEY = "no-key"
"""Sent to servers that ask for none; the SDK wants some key."""
PATH = "/chat/completions"
OPTIONS = {"extra_headers": "headers", "extra_query": "params", "extra_body": "extra_json", "timeout": "timeout"}
"""Sampling arguments that are none of the body's, and what a request of the SDK calls them."""

PUBLISHED_TIMEOUT_S = 20.0
"""Seconds a router's list of models may take; it is asked once a run, before the first call."""


class OpenAICompatibleClient(SdkModelClient["AsyncOpenAI"]):
    """Chat completions over ``openai.AsyncOpenAI``, its own retries off."""

    forms = ("schema", "json")

    async def _attempt(self, request: ModelRequest, output_limit: int | None) -> ModelReply:
        client = await self.sdk()
        sent: Any = with_text(request.messages)
        # Raw both ways: many servers leave out fields the SDK's types declare, or add their own, and the way through
        # those types takes half of a call's time.
        arguments = {**self._arguments(output_limit), **_format(request)}
        given = {there: arguments.pop(here, None) for here, there in OPTIONS.items()}
        options: Any = {name: value for name, value in given.items() if value is not None}
        asked = {"model": self.model, "messages": sent, **arguments}
        answer = await client.post(PATH, cast_to=self._response, body=asked, options=options)
        try:
            body = whole_object(answer.text)
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
        client, address = await self.sdk(), source.address(self.settings.target.base_url or "", self.model)
        try:
            response: Any = await client.get(address, cast_to=httpx2.Response, options={"timeout": PUBLISHED_TIMEOUT_S})
            body = json_object(response.text)
        except Exception as error:  # without it the model's price is unknown, and that is said
            print(provider_failure(error, self.settings.target).message, file=sys.stderr)
            return None
        return None if body is None else source.entry(body, self.model)

    @property
    def _response(self) -> Any:
        """What the SDK gives of an answer that it is not to read."""
        return httpx2.Response

    def _arguments(self, output_limit: int | None) -> dict[str, Any]:
        arguments = dict(self._sampling.values)
        if output_limit is not None:
            arguments |= dict.fromkeys(self.limit_names(), output_limit)
        return arguments

    def _build(self) -> AsyncOpenAI:
        from openai import AsyncOpenAI

        forget_sdk_variables()
        bounds, target = self.settings.bounds, self.settings.target
        return AsyncOpenAI(
            api_key=target.api_key or NO_KEY,
            base_url=target.base_url,
            max_retries=0,
            timeout=bounds.timeout_s,
            http_client=http_client(bounds),
            **self.settings.backend_options,
        )

    async def _close(self, client: AsyncOpenAI) -> None:
        await client.close()


def _format(request: ModelRequest) -> dict[str, Any]:
    """How the wire says the form of a reply."""
    if request.schema is None:
        return {}
    if request.form == "json":
        return {"response_format": {"type": "json_object"}}
    named = {"name": "reply", "schema": request.schema, "strict": is_strict(request.schema)}
    return {"response_format": {"type": "json_schema", "json_schema": named}}
