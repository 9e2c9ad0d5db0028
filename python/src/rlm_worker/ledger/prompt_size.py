"""Prompts that are refused before they are sent: empty ones, and those that no window holds, billed and not read."""

from __future__ import annotations

from ..clients.finish_reasons import has_text
from ..clients.messages import Messages
from ..clients.token_count import MAX_CHARS_PER_TOKEN, fewest_tokens
from ..errors import RunError
from .calls import prompt_chars, prompt_texts
from .models import Model

MOST_CHARS = 16 << 20
"""The longest prompt for a model whose window is not known: some four million tokens of prose."""

CHARS_PER_TOKEN = 16
"""Of a prompt as long as a known window: four times the usual."""


NO_WINDOW = frozenset({"offline", "host"})
"""The one is a program that reads anything; the other is bounded by its line."""


def refuse_empty(messages: Messages) -> None:
    """Raises RunError for a prompt without text, which some providers refuse and others answer with anything."""
    if not any(map(has_text, prompt_texts(messages))):
        raise RunError("provider_rejected_request", "The prompt is empty: nothing was asked.")


def refuse_too_long(model: Model, messages: Messages, window: int | None) -> None:
    """Raises RunError context_too_long for a prompt that is certain not to fit the model's window."""
    if model.backend in NO_WINDOW:
        return
    chars = prompt_chars(messages)
    most = MOST_CHARS if window is None else max(MOST_CHARS, CHARS_PER_TOKEN * window)
    if chars > most:
        raise _too_long(model, f"{chars:,} characters", f"at most {most:,}")
    if window is None or chars <= window * MAX_CHARS_PER_TOKEN:
        return
    tokens = fewest_tokens(prompt_texts(messages))
    if tokens > window:
        raise _too_long(model, f"at least {tokens:,} tokens", f"at most {window:,}")


def _too_long(model: Model, has: str, takes: str) -> RunError:
    message = f"The prompt has {has}; {model.name} takes {takes}. It was not sent. Split it, and ask about each part."
    return RunError("context_too_long", message)
