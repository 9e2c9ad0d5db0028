"""How long one attempt may take and how large its answer may be; ``backendOptions`` may say otherwise."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

TOTAL_OF_TIMEOUTS = 6


class Bounds(NamedTuple):
    """The bounds of one attempt at one call.

    Attributes:
        timeout_s: seconds without progress; what only keeps a connection alive is none. Reasoning models need minutes.
        total_timeout_s: seconds from the beginning to the end of the answer; None for no limit.
        max_reply_bytes: size of an answer, decompressed. The longest answers of any model are a tenth of the default.
    """

    timeout_s: float = 600.0
    total_timeout_s: float | None = 600.0 * TOTAL_OF_TIMEOUTS
    max_reply_bytes: int = 32 << 20


UNBOUNDED = Bounds(total_timeout_s=None)


def bounds_of(options: Mapping[str, Any]) -> Bounds:
    """The bounds among a backend's checked options. Without ``total_timeout``, six times ``timeout``."""
    default = Bounds()
    timeout_s = float(options.get("timeout", default.timeout_s))
    total_s = float(options.get("total_timeout", timeout_s * TOTAL_OF_TIMEOUTS))
    return Bounds(timeout_s, total_s, math.ceil(options.get("max_reply_bytes", default.max_reply_bytes)))
