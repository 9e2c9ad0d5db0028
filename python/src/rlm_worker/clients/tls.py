"""One TLS context for every HTTP client of the process: reading the authorities takes longer than a local call."""

from __future__ import annotations

import os
import ssl
from functools import cache

from .rules import rejected

REPLACING = "SSL_CERT_FILE"
ADDED = ("NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE")
"""Files of authorities that Node and Python's requests are told to trust; they are trusted here as well."""


@cache
def tls_context() -> ssl.SSLContext:
    """``SSL_CERT_FILE`` and ``SSL_CERT_DIR``, else the bundled authorities, and those of ``ADDED``.

    Raises:
        RunError: invalid_setting, naming the variable whose file cannot be used.
    """
    from httpx2 import create_ssl_context

    file = os.environ.get(REPLACING)
    if file:
        _load(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), REPLACING, file)
    context = create_ssl_context()
    for name in ADDED:
        file = os.environ.get(name)
        if file:
            _load(context, name, file)
    return context


def _load(context: ssl.SSLContext, name: str, file: str) -> None:
    try:
        if os.path.isdir(file):
            context.load_verify_locations(capath=file)
        else:
            context.load_verify_locations(cafile=file)
    except OSError as error:  # an SSLError is one
        what = "holds no certificate in PEM form" if isinstance(error, ssl.SSLError) else error.strerror
        raise rejected(
            f"{name} names {file}, which cannot be used: {what}. Correct the variable, or unset it."
        ) from None
