"""One TLS context for every HTTP client of the process: reading the authorities takes longer than a local call."""

from __future__ import annotations

import os
import ssl
from functools import cache

from ...errors import RunError
from ..rules import rejected

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

    replacing = os.environ.get(REPLACING)
    try:
        context = create_ssl_context()
    except OSError as error:
        if not replacing:
            raise
        raise _unusable(REPLACING, replacing, error) from None
    trusted = {replacing}  # one file is often named by all of them, and takes as long to read as a local call
    for name in ADDED:
        file = os.environ.get(name)
        if file and file not in trusted:
            _load(context, name, file)
            trusted.add(file)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _load(context: ssl.SSLContext, name: str, file: str) -> None:
    try:
        if os.path.isdir(file):
            context.load_verify_locations(capath=file)
        else:
            context.load_verify_locations(cafile=file)
    except OSError as error:
        raise _unusable(name, file, error) from None


def _unusable(name: str, file: str, error: OSError) -> RunError:
    what = "holds no certificate in PEM form" if isinstance(error, ssl.SSLError) else error.strerror
    return rejected(f"{name} names {file}, which cannot be used: {what}. Correct the variable, or unset it.")
