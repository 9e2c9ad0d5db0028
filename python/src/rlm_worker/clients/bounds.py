"""How long one attempt may take and how large its answer may be; ``backendOptions`` may say otherwise."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .options import rejected

MOST_SECONDS = 7 * 86_400
MOST_BYTES = 1 << 31
TOTAL_OF_TIMEOUTS = 6


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of one attempt at one call.

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
    """The bounds among a backend's options, in snake_case. Without ``total_timeout``, six times ``timeout``.

    Raises:
        RunError: invalid_setting, for a bound that is no number.
    """
    default = Bounds()
    timeout_s = _number(options, "timeout", default.timeout_s, MOST_SECONDS, "seconds")
    total_s = _number(options, "total_timeout", timeout_s * TOTAL_OF_TIMEOUTS, MOST_SECONDS, "seconds")
    most_bytes = _number(options, "max_reply_bytes", default.max_reply_bytes, MOST_BYTES, "bytes")
    return Bounds(timeout_s, total_s, math.ceil(most_bytes))


def _number(options: Mapping[str, Any], name: str, default: float, most: float, unit: str) -> float:
    value = options.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
        raise rejected(f"backendOptions.{name} must be a number of {unit} above 0 and at most {most:,}, not {value!r}.")
    return float(value)
