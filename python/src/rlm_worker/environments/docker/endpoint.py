"""Where the ``docker`` command finds its daemon, by the variables and the settings that it reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

DEFAULT_SOCKET: Final = "/var/run/docker.sock"
DEFAULT_CONTEXT: Final = "default"
UNIX: Final = "unix://"


def daemon_socket(environment: Mapping[str, str]) -> str | None:
    """The path of the daemon's socket. None where there is none of this machine (``tcp://``, ``ssh://``), and where the
    settings want what only the command does: TLS, headers of its own."""
    settings = Path(environment.get("DOCKER_CONFIG") or Path(environment.get("HOME") or Path.home(), ".docker"))
    config = _read(settings / "config.json")
    if environment.get("DOCKER_TLS_VERIFY") or config is None or config.get("HttpHeaders"):
        return None
    host = environment.get("DOCKER_HOST")
    context = environment.get("DOCKER_CONTEXT") or config.get("currentContext") or DEFAULT_CONTEXT
    if not host and context != DEFAULT_CONTEXT:
        host = _host_of(context, settings)
        if host is None:
            return None
    host = host or UNIX + DEFAULT_SOCKET
    path = host.removeprefix(UNIX)
    return path if host.startswith(UNIX) and path.startswith("/") else None


def _host_of(context: Any, settings: Path) -> str | None:
    """Of a context that ``docker context`` made; None when there is no such, or none that can be read."""
    folder = hashlib.sha256(str(context).encode()).hexdigest()
    described = _read(settings / "contexts" / "meta" / folder / "meta.json") or {}
    try:
        host = described["Endpoints"]["docker"]["Host"]
    except (KeyError, TypeError):
        return None
    return host if isinstance(host, str) else None


def _read(file: Path) -> dict[str, Any] | None:
    """Empty where there is no such file; None for one that cannot be read: the command says what is wrong with it."""
    try:
        content: Any = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        return None
    return cast("dict[str, Any]", content) if isinstance(content, dict) else None
