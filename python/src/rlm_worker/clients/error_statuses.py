"""The HTTP status that a provider's own code of an error stands for, where it comes inside of a 200."""

from __future__ import annotations

import re
from typing import Any

from .json_body import Json

CODES: tuple[tuple[int, str], ...] = (
    (402, r"insufficient_?(?:quota|balance|credit|fund)|arrearage|payment_?required|billing|out_?of_?credit"),
    (429, r"rate_?limit|too_?many_?requests|throttl|resource_?exhausted|quota_?exceeded|concurren"),
    (401, r"api_?key|authenticat|unauthori[sz]ed"),
    (403, r"permission|access_?denied|forbidden"),
    (404, r"not_?found|invalid_?model|no_?such_?model|model_not_exist"),
    (400, r"content_?(?:filter|policy)|data_?inspection|moderation|context_?(?:length|size|window)"),
    (400, r"bad_?request|invalid|unsupported"),
    (529, r"overloaded"),
    (504, r"time_?out|timed_?out|deadline"),
    (503, r"unavailable|busy"),
    (500, r"(?:server|internal|api|upstream|provider|engine)_?error|internal"),
)
"""The first that fits; blanks, dots and hyphens of a code are read as ``_``."""

MINIMAX = {
    **dict.fromkeys((1000, 1013, 1024, 1033), 500),
    1001: 504,
    **dict.fromkeys((1002, 1039, 1041, 2045, 2056), 429),
    **dict.fromkeys((1004, 2049), 401),
    1008: 402,
}
"""MiniMax's ``base_resp.status_code``; every other but 0 is a request that it does not take."""


def status_of(error: Json) -> int | None:
    """The status that an error names or stands for; None when it does neither."""
    named = [error.get(name) for name in ("code", "status", "status_code", "type")]
    statuses = (_status(value) for value in named)
    numeric = next((status for status in statuses if status is not None), None)
    if numeric is not None:
        return numeric
    words = (re.sub(r"[^a-zA-Z0-9]+", "_", value) for value in named if isinstance(value, str))
    known = (status for word in words for status, pattern in CODES if re.search(pattern, word, re.IGNORECASE))
    return next(known, None)


def _status(value: Any) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"[45]\d\d", value):
        return int(value)
    return value if isinstance(value, int) and 400 <= value < 600 else None
