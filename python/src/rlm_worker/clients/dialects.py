"""What a provider's refusal says of limits: the window, the prompt's size, the bound of an answer, and its name.

Every server words it in its own way, and none has it in fields but llama.cpp.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from .reported import tokens

COMPLETION, PLAIN = "max_completion_tokens", "max_tokens"


class SaidLimits(NamedTuple):
    """What one refusal said.

    Attributes:
        too_long: prompt and answer do not fit the window, whether or not its size was said.
        output_limit: the most tokens one answer may have.
        limit_name: the parameter's name that this server takes instead of the one it got.
    """

    too_long: bool = False
    window: int | None = None
    prompt_tokens: int | None = None
    output_limit: int | None = None
    limit_name: str | None = None


NUMBER = r"`?(\d[\d,_]*)`?"
WINDOWS = [
    r"maximum (?:context|prompt|model|sequence|input) (?:length|size|window) (?:is|of) N",  # OpenAI, vLLM, xAI, SGLang
    r"with N maximum context length",  # Mistral
    r"tokens? > N maximum",  # Anthropic: the prompt alone
    r"context limit: \d+ \+ \d+ > N",  # Anthropic: prompt and answer
    r"maximum number of tokens allowed \(?N",  # Gemini
    r"available context size \(N",  # llama.cpp
    r"must be <= N\. Given:",  # Text Generation Inference, Together
    r"must have less than N tokens\. Given:",
    r"context length of only N",  # LM Studio
    r"model token limit: N",  # Moonshot
    r"input length should be \[1, ?N\]",  # DashScope
    r"prompt cannot exceed N",  # Cohere
    r"context length \(N",  # SGLang
    r"context window (?:of|is|size is) N",
]
PROMPTS = [
    r"\(N (?:tokens )?in (?:the messages|your prompt)",  # OpenAI
    r"messages resulted in N",
    r"\(N of text input",  # OpenRouter
    r"N (?:input tokens|tokens from the input|`inputs` tokens)",  # vLLM, SGLang, Together
    r"(?:prompt|request) contains (?:at least )?N",  # Mistral, xAI
    r"too long: N tokens",  # Anthropic
    r"context limit: N \+",
    r"input token count \(N",  # Gemini
    r"(?:request|input) \(N tokens",  # llama.cpp, SGLang
    r"Given: N",
    r"received N",  # Cohere
    r"keep the first N",  # LM Studio
    r"prompt \(length N",  # vLLM
]
OUTPUTS = [
    r"supports at most N (?:completion|output) tokens",  # OpenAI
    r"range of max_tokens is \[1, ?N\]",  # DeepSeek
    r"max_tokens: \d+ > N",  # Anthropic
    r"exceeds the model limit of N",  # Bedrock
    r"max_(?:completion_|output_|new_)?tokens['`]? (?:must|should|can|cannot|is|needs|value)"
    r"[^.;]{0,60}?(?:at most|<=|less than or equal to|up to|exceed|\[1, ?|between 1 and) ?N",  # Groq and many others
]
BELOW_OUTPUTS = [r"maxOutputTokens[^.]{0,80}?\(inclusive\) to N \(exclusive\)"]  # Gemini
TOO_LONG_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error", "context_window_exceeded"})
TOO_LONG = (
    r"(?i)ContextWindowExceeded|(?:prompt|input) is too long|exceeds? the (?:available )?context (?:length|window|size)"
    r"|reduce the length of the (?:messages|prompt|input)"
)
NOT_TAKEN = (
    r"(?i)unsupported|not supported|unrecognized|unknown|extra_forbidden|not permitted|unexpected|no such|not allowed"
)
INSTEAD = r"(?i)use ['`\"]?(max_(?:completion_)?tokens)['`\"]? instead"
EITHER = rf"\b({COMPLETION}|{PLAIN})\b"


def limits_said(text: str, body: Mapping[str, Any]) -> SaidLimits | None:
    """What a refusal's text and fields say of limits; None when nothing. A rate limit's numbers are none of these."""
    if re.search(r"per[ -]min|\bTPM\b|rate.?limit", text, re.IGNORECASE):
        return None
    window = tokens(body.get("n_ctx")) or _first(WINDOWS, text)
    if window:
        return SaidLimits(True, window, tokens(body.get("n_prompt_tokens")) or _first(PROMPTS, text))
    below = _first(BELOW_OUTPUTS, text)
    output = below - 1 if below else _first(OUTPUTS, text)
    if output:
        return SaidLimits(output_limit=output)
    name = _name(text)
    if name:
        return SaidLimits(limit_name=name)
    if TOO_LONG_CODES & {str(body.get("code")), str(body.get("type"))} or re.search(TOO_LONG, text):
        return SaidLimits(True, None, _first(PROMPTS, text))
    return None


def _name(text: str) -> str | None:
    instead = re.search(INSTEAD, text)
    if instead:
        return instead[1].lower()
    named = re.search(EITHER, text)
    if named is None or not re.search(NOT_TAKEN, text):
        return None
    return PLAIN if named[1] == COMPLETION else COMPLETION


def _first(patterns: list[str], text: str) -> int | None:
    for pattern in patterns:
        found = re.search(pattern.replace("N", NUMBER), text, re.IGNORECASE)
        if found:
            return tokens(int(re.sub(r"[,_]", "", found[1])[:12])) or None
    return None
