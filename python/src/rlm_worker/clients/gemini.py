"""Google's Gemini API with a key (not Vertex AI)."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from .base import ClientSettings, ModelReply, ModelRequest, SdkModelClient, TokenUsage
from .error_in_body import error_in
from .failures import ErrorInReply
from .finish_reasons import FinishReason, finish_reason
from .http.client import HttpClient
from .http.tls import tls_context
from .http.under_sdk import under_sdk
from .json_body import CutBody, Json, first_in, object_in, objects_in, whole_object
from .messages import alternating, split_system, text_of
from .options import forget_sdk_variables
from .reply_schema import gemini_schema
from .reported import rest, total, usage_of
from .rules import rejected

if TYPE_CHECKING:
    from google.genai import Client
    from google.genai.types import Content, GenerateContentConfig, GenerateContentResponse
    from httpx2 import AsyncClient

FINISH_REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "max_tokens": "length",
    **dict.fromkeys(("", "finish_reason_unspecified"), "broken"),
    **dict.fromkeys(("malformed_function_call", "unexpected_tool_call", "too_many_tool_calls"), "unsupported"),
}
"""A candidate without a word had not stopped yet. Every other word is why the model or a filter did not go on: SAFETY,
RECITATION, LANGUAGE, OTHER and more.
"""
NAMES = {"stop": "stop_sequences"}


class GeminiClient(SdkModelClient["Client"]):
    """``generateContent`` over ``google.genai``, its own retries, continuations and tool calls off."""

    forms = ("schema", "json")

    def __init__(self, settings: ClientSettings) -> None:
        super().__init__(settings)
        self._http: AsyncClient | None = None

    async def _attempt(self, request: ModelRequest, output_limit: int | None) -> ModelReply:
        client = await self.sdk()
        system, turns = split_system(request.messages)
        models: Any = client.aio.models
        response: GenerateContentResponse = await models.generate_content(
            model=self.model,
            contents=[_content(turn) for turn in alternating(turns)],
            config=self._config(request, system, output_limit),
        )
        answer = response.sdk_http_response
        try:
            body = whole_object((answer.body if answer else None) or "")
        except CutBody as cut:
            return self.broken(str(cut))
        if body is None:
            raise self.malformed("with something other than a generateContent response")
        return _reply(body, self.model)

    def _config(self, request: ModelRequest, system: str, output_limit: int | None) -> GenerateContentConfig:
        from google.genai.types import GenerateContentConfig
        from pydantic import ValidationError

        values = {NAMES.get(name, name): value for name, value in self._sampling.values.items()}
        if isinstance(values.get("stop_sequences"), str):
            values["stop_sequences"] = [values["stop_sequences"]]
        if "reasoning_effort" in values:
            effort = values.pop("reasoning_effort")
            values["thinking_config"] = {"thinking_level": str(effort).upper(), **values.get("thinking_config", {})}
        if output_limit is not None:
            values["max_output_tokens"] = output_limit
        if system:
            values["system_instruction"] = system
        if request.schema is not None:
            values["response_mime_type"] = "application/json"
            if request.form == "schema":
                values["response_json_schema"] = gemini_schema(request.schema)
        values["automatic_function_calling"] = {"disable": True}
        values["automatic_continuation"] = False
        values["should_return_http_response"] = True
        try:
            config = GenerateContentConfig.model_validate(values)
        except ValidationError as error:
            unfit = {str(item["loc"][0]) for item in error.errors() if item["loc"]}
        else:
            unfit = {name for name in values if not _is_known(getattr(config, name))}
            if not unfit:
                return config
        raise rejected(f"samplingArgs Gemini does not take: {', '.join(sorted(unfit))}. Remove or correct them.")

    def _build(self) -> Client:
        from google.genai import Client
        from google.genai.types import HttpOptions, HttpRetryOptions
        from httpx2 import Client as Unused

        forget_sdk_variables()
        options = self.settings.backend_options
        self._http = under_sdk(HttpClient(self.settings.bounds))
        tls = tls_context()
        http_options = HttpOptions(
            base_url=self.settings.target.base_url,
            api_version=options.get("api_version"),
            headers=options.get("default_headers"),
            timeout=math.ceil(self.settings.bounds.timeout_s * 1000),
            retry_options=HttpRetryOptions(attempts=1),
            httpx_client=Unused(verify=tls, trust_env=False),
            httpx_async_client=self._http,
            # Else the SDK reads the machine's authorities twice, 50 ms of CPU, for clients that it does not make.
            client_args={"verify": tls},
            async_client_args={"ssl": tls},
        )
        return Client(vertexai=False, api_key=self.settings.target.api_key, http_options=http_options)

    async def _close(self, client: Client) -> None:
        await client.aio.aclose()
        http, self._http = self._http, None
        if http is not None:  # the SDK closes no client that was given to it
            await http.aclose()


def _content(message: dict[str, Any]) -> Content:
    from google.genai.types import Content, Part

    return Content(role="model" if message["role"] == "assistant" else "user", parts=[Part(text=message["content"])])


def _reply(body: Json, requested_model: str) -> ModelReply:
    candidate, failure = first_in(body, "candidates"), error_in(body) or _blocked(body)
    if failure is not None and failure.status_code is not None and not body.get("usageMetadata"):
        raise failure
    parts = objects_in(object_in(candidate, "content"), "parts")
    said = str(failure or "") or str(candidate.get("finishReason") or "")
    text = "".join(text_of(part.get("text")) for part in parts if not part.get("thought"))
    return ModelReply(
        text=text,
        model=str(body.get("modelVersion") or requested_model),
        usage=_usage(object_in(body, "usageMetadata"), text),
        cost_usd=None,
        finish_reason="refused" if failure else _ending(candidate, said, text),
        said=said,
        failure=failure if failure and failure.status_code else None,
    )


def _blocked(body: Json) -> ErrorInReply | None:
    """A prompt that Google's filters did not let through."""
    reason = text_of(object_in(body, "promptFeedback").get("blockReason"))
    return ErrorInReply({"message": f"The prompt was blocked by a content filter ({reason})."}, 400) if reason else None


def _ending(candidate: Json, said: str, text: str) -> FinishReason:
    return finish_reason(said, FINISH_REASONS, text, other="refused") if candidate else "empty"


def _usage(usage: Json, text: str) -> TokenUsage | None:
    if usage.get("promptTokenCount") is None:
        return None
    given = total(usage["promptTokenCount"], usage.get("toolUsePromptTokenCount"))
    thoughts, said = usage.get("thoughtsTokenCount"), usage.get("candidatesTokenCount")
    # Thoughts are counted apart from the candidates and billed as output too; of an empty answer the 0 is left out.
    output = total(0 if said is None and not text else said, thoughts)
    return usage_of(
        given,
        rest(output, usage.get("totalTokenCount"), given),
        cached_input_tokens=usage.get("cachedContentTokenCount"),
        reasoning_tokens=thoughts,
        all_tokens=usage.get("totalTokenCount"),
    )


def _is_known(value: Any) -> bool:
    """The SDK makes up a member for a word that its enumeration does not have, and fails on it later."""
    if isinstance(value, BaseModel):
        return all(_is_known(getattr(value, name)) for name in type(value).model_fields)
    return not isinstance(value, Enum) or value in list(type(value))
