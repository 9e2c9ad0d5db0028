"""Whether a provider saw all of a prompt: servers with a small window drop the beginning of one and say nothing."""

from __future__ import annotations

from ..clients.base import TokenUsage
from .models import Model

SETTINGS = {
    "ollama": "num_ctx of the model, or OLLAMA_CONTEXT_LENGTH of the server",
    "vllm": "--max-model-len of the server",
}
"""What sets a server's window, by backend."""

ANY_SERVER = (
    "the context length that the server gives the model (Ollama: num_ctx or OLLAMA_CONTEXT_LENGTH; vLLM: "
    "--max-model-len; llama.cpp: -c; LM Studio: Context Length)"
)


SMALLEST_WINDOW = 512
"""Tokens. No server in use has a smaller one, so a prompt that may be shorter was not cut, whatever is counted."""


def most_seen(usage: TokenUsage | None) -> int | None:
    """The most tokens of a prompt that a provider can mean by its usage; None when it says nothing of them.

    Some leave cached tokens out of the rest, and a server that took the whole prompt from its cache may say 0.
    """
    if usage is None or usage.input_tokens == 0:
        return None
    return usage.input_tokens + usage.cached_input_tokens + usage.cache_write_tokens


def too_little_seen(model: Model, chars: int, fewest: int, seen: int) -> str:
    """The warning, with the setting to change."""
    setting = SETTINGS.get(model.backend, ANY_SERVER)
    sent = f"{model.name} ({model.backend}) was sent {chars:,} characters, at the very least {fewest:,} tokens"
    dropped = f"and counted {seen:,}: the server dropped a part of the prompt, which does not count as read"
    return f"{sent}, {dropped}. Raise {setting}, or send less at once."
