"""The packages of this interpreter, looked at before any is imported: a user's own Python may lack them."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from typing import Final

SUPPORTED_RLMS: Final = "0.1.3"
UNFIT_EXIT_CODE: Final = 88
"""Tells the host that it is the interpreter, and no fault of the worker's."""

NEEDED: Final = (
    "rlms",
    "genai-prices",
    "google-genai",
    "httptools",
    "httpx2",
    "jsonschema",
    "orjson",
    "pydantic",
    "python-dotenv",
)

_METADATA: Final = ".dist-info"


def require_packages() -> dict[str, str]:
    """The versions of all that is needed, by name. Ends the process when some are missing or rlms is another."""
    seen = _seen()
    found = {name: seen.get(name) or _version(name) for name in NEEDED}
    missing = [name for name, its in found.items() if its is None]
    if missing:
        _leave(f"lacks packages of the worker ({', '.join(missing)})")
    if found["rlms"] != SUPPORTED_RLMS:
        _leave(f"has rlms {found['rlms']}, and the worker needs {SUPPORTED_RLMS}")
    return {name: its for name, its in found.items() if its is not None}


def _seen() -> dict[str, str]:
    """Versions by the names of folders, as installers of today write them: who reads what is in one takes ten times as
    long."""
    seen: dict[str, str] = {}
    for folder in sys.path:
        with suppress(OSError):
            for entry in os.listdir(folder):
                name, dash, rest = entry.partition("-")
                if dash and rest.endswith(_METADATA):
                    seen.setdefault(re.sub(r"[-_.]+", "-", name).lower(), rest.removesuffix(_METADATA))
    return seen


def _version(name: str) -> str | None:
    """Of one that was installed in another way, if it was."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _leave(problem: str) -> None:
    print(problem, file=sys.stderr)
    raise SystemExit(UNFIT_EXIT_CODE)
