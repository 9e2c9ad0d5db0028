"""What of an address is secret, as it is written and as it is sent."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import unquote, unquote_plus

from .._generated.secrets import SECRET_NAMES

SECRET_NAME = re.compile("|".join(SECRET_NAMES), re.IGNORECASE)
USER_INFO = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#]*)@", re.IGNORECASE)
"""What stands before the host: ``user:password@``."""


def address_secrets(address: str) -> Iterator[str]:
    """Its password, or its user where it has none, both together in clear and as Basic authorization has them, and what
    its query calls a secret."""
    found = USER_INFO.match(address)
    if found is not None:
        yield from _of_user(found[1])
    query = address.partition("#")[0].partition("?")[2]
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if SECRET_NAME.search(unquote(name)):
            yield value
            yield unquote_plus(value)


def _of_user(info: str) -> Iterator[str]:
    user, _, password = info.partition(":")
    for name, word in ((user, password), (unquote(user), unquote(password))):
        sent = b64encode(f"{name}:{word}".encode()).decode("ascii")
        yield word or name
        yield f"{name}:{word}"
        yield sent
        yield sent.rstrip("=")
