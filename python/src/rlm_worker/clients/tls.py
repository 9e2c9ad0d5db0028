"""One TLS context for every HTTP client of the process: reading the authorities takes longer than a local call."""

from __future__ import annotations

import ssl
from functools import cache


@cache
def tls_context() -> ssl.SSLContext:
    """What the SDKs' own default is: ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``, else the bundled authorities."""
    from httpx2 import create_ssl_context

    return create_ssl_context()
