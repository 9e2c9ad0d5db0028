"""The packages of this interpreter, looked at before any is imported: a user's own Python may lack them."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version
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


def require_packages() -> dict[str, str]:
    """The versions of all that is needed, by name. Ends the process when some are missing or rlms is another."""
    found = {name: _version(name) for name in NEEDED}
    missing = [name for name, its in found.items() if its is None]
    if missing:
        _leave(f"lacks packages of the worker ({', '.join(missing)})")
    if found["rlms"] != SUPPORTED_RLMS:
        _leave(f"has rlms {found['rlms']}, and the worker needs {SUPPORTED_RLMS}")
    return {name: its for name, its in found.items() if its is not None}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _leave(problem: str) -> None:
    print(problem, file=sys.stderr)
    raise SystemExit(UNFIT_EXIT_CODE)
