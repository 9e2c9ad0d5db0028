"""Which texts of a run are secret, so that no event and no log line carries one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import JsonValue

from .._generated.messages import RunSecrets

SECRET_NAME = re.compile(r"key|token|secret|password|credential|auth|cookie", re.IGNORECASE)


def secret_texts(secrets: RunSecrets) -> list[str]:
    """The keys, and every text below a backend option whose name sounds secret, with and without its scheme."""
    texts: list[str] = []
    for side in (secrets.root, secrets.sub):
        if side.api_key is not None:
            texts.append(side.api_key)
        for text in _below_secret_names(side.backend_options, secret=False):
            texts += [text, text.split(" ")[-1]]
    return texts


def _below_secret_names(value: JsonValue, *, secret: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _below_secret_names(item, secret=secret or bool(SECRET_NAME.search(name)))
    elif isinstance(value, list):
        for item in value:
            yield from _below_secret_names(item, secret=secret)
    elif isinstance(value, str) and secret:
        yield value
