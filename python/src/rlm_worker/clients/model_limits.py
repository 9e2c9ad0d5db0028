"""How much known model families take in and give out, for bounds; from the providers' model pages, November 2026."""

from __future__ import annotations

import re
from functools import lru_cache
from string import ascii_lowercase

CONTEXT_WINDOWS: tuple[tuple[str, int], ...] = (
    (r"claude-(haiku|sonnet|opus|fable|mythos)-[5-9]", 1_000_000),
    (r"claude-", 200_000),
    (r"gpt-(6|5\.[4-9])", 1_050_000),
    (r"gpt-5", 400_000),
    (r"gpt-4\.1", 1_047_576),
    (r"gpt-4o", 128_000),
    (r"o[134](-|$)", 200_000),
    (r"gemini-", 1_048_576),
)
"""Tokens in a prompt; used where the price table has no figure. The first pattern found in the model's name counts."""

OUTPUT_LIMITS: tuple[tuple[str, int], ...] = (
    (r"claude-(haiku|sonnet|opus|fable|mythos)-[5-9](?!\d)", 128_000),
    (r"claude-opus-4[-.][678]", 128_000),
    (r"claude-sonnet-4[-.]6", 128_000),
    (r"claude-opus-4[-.]5", 64_000),
    (r"claude-opus-4", 32_000),
    (r"claude-(sonnet|haiku)-4", 64_000),
    (r"claude-3-7-sonnet", 64_000),
    (r"claude-3-5", 8_192),
    (r"claude-3", 4_096),
    (r"claude-(2|instant)", 4_096),
    (r"gpt-5[\d.]*-chat", 16_384),
    (r"gpt-[56]", 128_000),
    (r"gpt-4\.1", 32_768),
    (r"gpt-4o-2024-05-13", 4_096),
    (r"(chat)?gpt-4(o|\.5)", 16_384),
    (r"gpt-4-(turbo|vision|1106|0125)", 4_096),
    (r"gpt-4-32k", 8_192),
    (r"gpt-4", 4_096),
    (r"gpt-3\.5", 4_096),
    (r"o1-preview", 32_768),
    (r"o1-mini", 65_536),
    (r"o[134](-|$)", 100_000),
    (r"gemini-(2\.5|[3-9])", 65_536),
    (r"gemini-(2\.0|1\.5)", 8_192),
    (r"deepseek-chat", 8_192),
    (r"mi[sx]tral-", 8_192),
    (r"command-r", 4_096),
    (r"nova-", 5_120),
    (r"qwen", 8_192),
    (r"llama-?[34]", 8_192),
)
"""Tokens in one answer, reasoning included. The first pattern found in the model's name counts.

Lower than the model's own where its providers differ: a bound too high is refused, and then learned from the refusal.
"""


def context_window(model: str) -> int | None:
    """Tokens the model takes in, or None for a family not listed."""
    return _first(CONTEXT_WINDOWS, model)


def max_output_tokens(model: str) -> int | None:
    """Tokens the model can answer with, or None for a family not listed."""
    return _first(OUTPUT_LIMITS, model)


@lru_cache(maxsize=256)
def _first(table: tuple[tuple[str, int], ...], model: str) -> int | None:
    # Prefixes such as "anthropic/" or "us.anthropic." stand before the family's name.
    name = model.lower()
    tried = ((pattern, value) for pattern, value in table if _beginning(pattern) in name)
    return next((value for pattern, value in tried if re.search(rf"(^|[/.@]){pattern}", name)), None)


def _beginning(pattern: str) -> str:
    """The letters that it begins with: a name without them is none of its family, and compiling it takes longer."""
    return pattern[: len(pattern) - len(pattern.lstrip(ascii_lowercase))]
