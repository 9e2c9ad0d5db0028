"""Google's Gemini API with a key (not Vertex AI)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .base import DEFAULT_TIMEOUT_S, ModelReply, ModelRequest, SdkModelClient, TokenUsage
from .messages import alternating, split_system
from .options import checked_options, forget_sdk_variables, rejected

if TYPE_CHECKING:
    from google.genai import Client
    from google.genai.types import Content, GenerateContentConfig, GenerateContentResponse

BACKEND_OPTIONS = {"timeout", "default_headers", "api_version"}
NAMES = {"stop": "stop_sequences"}


class GeminiClient(SdkModelClient["Client"]):
    """``generateContent`` over ``google.genai``, its own retries, continuations and tool calls off."""

    async def _attempt(self, request: ModelRequest, output_limit: int | None) -> ModelReply:
        client = await self.sdk()
        system, turns = split_system(request.messages)
        models: Any = client.aio.models
        response: GenerateContentResponse = await models.generate_content(
            model=self.model,
            contents=[_content(turn) for turn in alternating(turns)],
            config=self._config(system, output_limit),
        )
        return _reply(response, self.model)

    def _config(self, system: str, output_limit: int | None) -> GenerateContentConfig:
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
        values["automatic_function_calling"] = {"disable": True}
        values["automatic_continuation"] = False
        try:
            return GenerateContentConfig.model_validate(values)
        except ValidationError as error:
            names = ", ".join(sorted({str(item["loc"][0]) for item in error.errors() if item["loc"]}))
            raise rejected(f"samplingArgs Gemini does not take: {names}. Remove or correct them.") from None

    def _build(self) -> Client:
        from google.genai import Client
        from google.genai.types import HttpOptions, HttpRetryOptions

        forget_sdk_variables()
        options = checked_options(self.settings.backend_options, BACKEND_OPTIONS)
        http_options = HttpOptions(
            base_url=self.settings.target.base_url,
            api_version=options.get("api_version"),
            headers=options.get("default_headers"),
            timeout=int(options.get("timeout", DEFAULT_TIMEOUT_S) * 1000),
            retry_options=HttpRetryOptions(attempts=1),
        )
        return Client(vertexai=False, api_key=self.settings.target.api_key, http_options=http_options)

    async def _close(self, client: Client) -> None:
        await client.aio.aclose()


def _content(message: dict[str, Any]) -> Content:
    from google.genai.types import Content, Part

    return Content(role="model" if message["role"] == "assistant" else "user", parts=[Part(text=message["content"])])


def _reply(response: GenerateContentResponse, requested_model: str) -> ModelReply:
    candidate = response.candidates[0] if response.candidates else None
    parts = (candidate.content.parts if candidate and candidate.content else None) or []
    blocked = response.prompt_feedback.block_reason if response.prompt_feedback else None
    reason = candidate.finish_reason if candidate else blocked
    return ModelReply(
        text="".join(part.text for part in parts if part.text and not part.thought),
        model=response.model_version or requested_model,
        usage=_usage(response),
        cost_usd=None,
        finish_reason=reason.value if reason else None,
    )


def _usage(response: GenerateContentResponse) -> TokenUsage | None:
    usage = response.usage_metadata
    if usage is None or usage.prompt_token_count is None:
        return None
    thoughts = usage.thoughts_token_count or 0
    return TokenUsage(
        input_tokens=usage.prompt_token_count + (usage.tool_use_prompt_token_count or 0),
        # Gemini counts thoughts apart from the candidates, and bills both as output.
        output_tokens=(usage.candidates_token_count or 0) + thoughts,
        cached_input_tokens=usage.cached_content_token_count or 0,
        reasoning_tokens=thoughts,
    )
