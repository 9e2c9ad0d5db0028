"""The refusals of real servers, word for word, and what they say of limits."""

from __future__ import annotations

from typing import Any

import pytest

from rlm_worker.clients.dialects import SaidLimits, limits_said

OPENAI = "This model's maximum context length is 8192 tokens. However, "
TOO_LONG: dict[str, tuple[str, int | None, int | None]] = {
    "OpenAI": (
        OPENAI + "your messages resulted in 15030 tokens. Please reduce the length of the messages.",
        8192,
        15030,
    ),
    "OpenAI, with the answer": (
        OPENAI + "you requested 32798 tokens (30 in the messages, 32768 in the completion). Please reduce the length.",
        8192,
        30,
    ),
    "OpenAI, without numbers": (
        "Your input exceeds the context window of this model. Please adjust your input and try again.",
        None,
        None,
    ),
    "Anthropic": ("prompt is too long: 210000 tokens > 200000 maximum", 200_000, 210_000),
    "Anthropic, with the answer": (
        "input length and `max_tokens` exceed context limit: 190000 + 32768 > 200000, decrease input length or "
        "`max_tokens` and try again",
        200_000,
        190_000,
    ),
    "Gemini": (
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        1_048_576,
        1_200_000,
    ),
    "Gemini, older": ("The input token count exceeds the maximum number of tokens allowed 1048576.", 1_048_576, None),
    "OpenRouter": (
        "This endpoint's maximum context length is 131072 tokens. However, you requested about 150000 tokens "
        "(149000 of text input, 1000 in the output). Please reduce the length of either one.",
        131_072,
        149_000,
    ),
    "LiteLLM": (
        "litellm.ContextWindowExceededError: litellm.BadRequestError: OpenAIException - " + OPENAI + "your messages "
        "resulted in 9001 tokens.",
        8192,
        9001,
    ),
    "vLLM": (
        "This model's maximum context length is 4096 tokens. However, your request has 5000 input tokens. Please "
        "reduce the length of the input messages.",
        4096,
        5000,
    ),
    "vLLM, with the answer": (
        "'max_tokens' or 'max_completion_tokens' is too large: 32768. This model's maximum context length is 8192 "
        "tokens and your request has 30 input tokens (32768 > 8192 - 30).",
        8192,
        30,
    ),
    "vLLM, newer": (
        "This model's maximum context length is 4096 tokens. However, you requested 100 output tokens and your prompt "
        "contains at least 4097 input tokens, for a total of at least 4197 tokens.",
        4096,
        4097,
    ),
    "vLLM, older": ("The decoder prompt (length 5000) is longer than the maximum model length of 4096.", 4096, 5000),
    "llama.cpp": (
        "request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it",
        4096,
        5000,
    ),
    "LM Studio": (
        "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context "
        "length of only 4096 tokens, which is not enough.",
        4096,
        5000,
    ),
    "Ollama": ("the input length exceeds the context length", None, None),
    "Mistral": (
        "Prompt contains 150000 tokens and 0 draft tokens, too large for model with 131072 maximum context length",
        131_072,
        150_000,
    ),
    "xAI": (
        "This model's maximum prompt length is 131072 but the request contains 150000 tokens.",
        131_072,
        150_000,
    ),
    "Together": (
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 100 `inputs` tokens and "
        "32768 `max_new_tokens`",
        8193,
        100,
    ),
    "Text Generation Inference": ("`inputs` must have less than 4096 tokens. Given: 5000", 4096, 5000),
    "SGLang": (
        "Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of "
        "5100 tokens: 5000 tokens from the input messages and 100 tokens for the completion.",
        4096,
        5000,
    ),
    "SGLang, the prompt alone": (
        "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
        4096,
        5000,
    ),
    "Moonshot": ("Invalid request: Your request exceeded model token limit: 8192", 8192, None),
    "DashScope": ("Range of input length should be [1, 30720]", 30_720, None),
    "Cohere": (
        "too many tokens: total number of tokens in the prompt cannot exceed 128000; received 150000.",
        128_000,
        150_000,
    ),
    "Bedrock": ("Input is too long for requested model.", None, None),
    "Groq": ("Please reduce the length of the messages or completion.", None, None),
}


@pytest.mark.parametrize("server", TOO_LONG)
def test_a_prompt_beyond_the_window_is_read_with_both_numbers_from_every_dialect(server: str) -> None:
    text, window, prompt = TOO_LONG[server]
    assert limits_said(text, {}) == SaidLimits(True, window, prompt)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"type": "exceed_context_size_error", "n_prompt_tokens": 5000, "n_ctx": 4096},
            SaidLimits(True, 4096, 5000),
        ),
        ({"type": "exceed_context_size_error"}, SaidLimits(True)),
        ({"code": "context_length_exceeded"}, SaidLimits(True)),
    ],
)
def test_fields_say_it_too(body: dict[str, Any], expected: SaidLimits) -> None:
    assert limits_said("the request failed", body) == expected


OUTPUT_LIMITS = {
    "max_tokens is too large: 32768. This model supports at most 4096 completion tokens, whereas you gave 32768.": 4096,
    "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]": 8192,
    "max_tokens: 32768 > 8192, which is the maximum allowed number of output tokens for claude-3-5-sonnet": 8192,
    "`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the "
    "`context_window` for this model": 8192,
    "`max_completion_tokens` must be less than or equal to `16,384`, the maximum value": 16_384,
    "Unable to submit request because it has a maxOutputTokens value of 65537 but the supported range is from 1 "
    "(inclusive) to 8193 (exclusive). Update the value and try again.": 8192,
    "The maximum tokens you requested exceeds the model limit of 4096. Try again with a lower value.": 4096,
    "max_tokens should be between 1 and 4096": 4096,
    "max_tokens must be at most 2048, got 32768": 2048,
}


@pytest.mark.parametrize("text", OUTPUT_LIMITS)
def test_the_limit_of_an_answer_is_read(text: str) -> None:
    assert limits_said(text, {}) == SaidLimits(output_limit=OUTPUT_LIMITS[text])


NAMES = {
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.": (
        "max_completion_tokens"
    ),
    "Unrecognized request argument supplied: max_completion_tokens": "max_tokens",
    '{"detail": [{"type": "extra_forbidden", "loc": ["body", "max_completion_tokens"], "msg": "Extra inputs are not '
    'permitted"}]}': "max_tokens",
    "Unknown parameter: 'max_completion_tokens'.": "max_tokens",
    "property 'max_tokens' is unsupported": "max_completion_tokens",
}


@pytest.mark.parametrize("text", NAMES)
def test_the_name_of_the_limit_is_read(text: str) -> None:
    assert limits_said(text, {}) == SaidLimits(limit_name=NAMES[text])


@pytest.mark.parametrize(
    "text",
    [
        "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 40000.",
        "Unsupported value: 'temperature' does not support 0.5 with this model.",
        "temperature must be at most 2",
        "Invalid schema for response_format: too long",
        "you must provide a model parameter",
        "",
    ],
)
def test_other_refusals_say_nothing_of_limits(text: str) -> None:
    assert limits_said(text, {}) is None
