"""An error that stands in the body of a 200: an object or a plain text, in the place of an answer or beside one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from .failures import ERROR_TYPE_STATUSES, ErrorInReply
from .json_body import Json


def error_in(parent: Json) -> str:
    """What the error says, "" where there is none.

    Raises:
        ErrorInReply: it has a status of its own, and so is that failure wherever it stands.
    """
    error: Any = parent.get("error")
    if not isinstance(error, Mapping):
        return error.strip() if isinstance(error, str) else ""
    said = cast(Json, error)
    if _has_status(said):
        raise ErrorInReply(said)
    return str(said.get("message") or json.dumps(said, default=str)) if said else ""


def _has_status(error: Json) -> bool:
    code = error.get("code")
    return (isinstance(code, int) and code >= 400) or str(error.get("type")) in ERROR_TYPE_STATUSES
