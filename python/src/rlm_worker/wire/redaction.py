"""Which texts of a run are secret, and how events, logs, answers and messages are kept free of them: one rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pydantic import JsonValue

from .._generated.messages import ModelSecrets
from .._generated.secrets import MIN_SECRET_CHARS, PUBLIC_NAMES, REDACTED, SECRET_NAMES, SHORT_SECRET
from ..json_bytes import to_json, to_json_bytes
from .address_secrets import address_secrets

SECRET_NAME = re.compile("|".join(SECRET_NAMES), re.IGNORECASE)
PUBLIC_NAME = re.compile("|".join(PUBLIC_NAMES), re.IGNORECASE)


def secret_texts(secrets: ModelSecrets, base_url: str | None) -> Iterator[str]:
    """The key, and every text among the backend options but what is public by its name; with and without a scheme. And
    what of the base URL is secret, and of any address among those texts."""
    for text in (*_texts(secrets.api_key, is_secret=True), *_texts(secrets.backend_options, is_secret=True)):
        yield text
        yield text.split(" ")[-1]
        yield from address_secrets(text)
    yield from address_secrets(base_url or "")


def redacted(text: str, secrets: Iterable[str]) -> str:
    """``text`` without those of the ``secrets`` that are long enough to be one; the longest goes first."""
    return _without(text, _telling(secrets))


class Redactor:
    """Removes the run's secrets from a text."""

    def __init__(self) -> None:
        self._secrets: tuple[str, ...] = ()
        self._as_json: tuple[bytes, ...] = ()

    def learn(self, secrets: Iterable[str]) -> None:
        self._secrets = _telling(secrets)
        self._as_json = tuple({form for secret in self._secrets for form in forms_in_json(secret)})

    def may_be_in(self, json: bytes) -> bool:
        """Whether a text of what ``to_json_bytes`` wrote may hold one. False: none does."""
        return any(form in json for form in self._as_json)

    def __call__(self, text: str) -> str:
        return _without(text, self._secrets)


def forms_in_json(text: str) -> set[bytes]:
    """How it stands in what ``to_json_bytes`` writes, whatever stands around it: each character is written by itself,
    in one of two ways."""
    return {to_json_bytes(text)[1:-1], to_json(text)[1:-1].encode("ascii")}


def _telling(secrets: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({secret for secret in secrets if _is_telling(secret)}, key=len, reverse=True))


def _without(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    return text


def _is_telling(secret: str) -> bool:
    return len(secret) >= MIN_SECRET_CHARS or re.fullmatch(SHORT_SECRET, secret) is not None


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
