"""Which texts of a run are secret, and how events, logs, answers and messages are kept free of them: one rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pydantic import JsonValue

from .._generated.messages import ModelSecrets

REDACTED = "[redacted]"
SECRET_NAME = re.compile(r"key|token|secret|password|credential|auth|cookie", re.IGNORECASE)
PUBLIC_NAME = re.compile(
    r"api_?version|azure_?deployment(_?id)?|organization|project|provider(_?model|_?file_?name)?|openai_?project"
    r"|openai_?organization|cache_?namespace|trace_?id|metadata|forward_?headers|mistral_?fim_?completion"
    r"|azure_?(resource|endpoint)_?name|azure_?api_?version|aws_?(region|s3_?bucket|bedrock_?model)"
    r"|vertex_?(project_?id|region|storage_?bucket_?name)|anthropic[-_]?(beta|version)"
    r"|(http-)?referer|(x-)?(openrouter-)?title|user-agent|accept|content-type",
    re.IGNORECASE,
)
"""Options and headers that name a place, a version or a sender. In an answer their words are ordinary ones."""

MIN_SECRET_CHARS = 8
SHORT_SECRET = re.compile(r"(?=.*[A-Za-z])(?=.*\d).{4,}")
"""As LiteLLM's ``sk-1234``. Words alone are placeholders ("none", "ollama") and are found in ordinary text."""


def secret_texts(secrets: ModelSecrets) -> Iterator[str]:
    """The key, and every text among the backend options but what is public by its name; with and without a scheme."""
    for text in (*_texts(secrets.api_key, is_secret=True), *_texts(secrets.backend_options, is_secret=True)):
        yield text
        yield text.split(" ")[-1]


def redacted(text: str, secrets: Iterable[str]) -> str:
    """``text`` without those of the ``secrets`` that are long enough to be one; the longest goes first."""
    for secret in sorted({secret for secret in secrets if _is_telling(secret)}, key=len, reverse=True):
        text = text.replace(secret, REDACTED)
    return text


class Redactor:
    """Removes the run's secrets from a text."""

    def __init__(self) -> None:
        self._secrets: tuple[str, ...] = ()

    def learn(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple(secrets)

    def __call__(self, text: str) -> str:
        return redacted(text, self._secrets)


def _is_telling(secret: str) -> bool:
    return len(secret) >= MIN_SECRET_CHARS or SHORT_SECRET.fullmatch(secret) is not None


def _texts(value: JsonValue, *, is_secret: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            is_public = PUBLIC_NAME.fullmatch(name) is not None
            sounds_secret = SECRET_NAME.search(name) is not None
            yield from _texts(item, is_secret=sounds_secret or (is_secret and not is_public))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, is_secret=is_secret)
    elif isinstance(value, str) and is_secret:
        yield value
