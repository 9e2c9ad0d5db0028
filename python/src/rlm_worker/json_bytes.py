"""JSON in and out: by a quick library, and by the standard one what that does not take."""

from __future__ import annotations

import json
import math
from typing import Any, cast

import orjson

AS_THE_STANDARD_ONE = (
    orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
)
"""What the standard library has no JSON for, or another, is left to it."""


def to_json_bytes(value: Any) -> bytes:
    """JSON on one line, in UTF-8; NaN and infinities, which JSON does not have, become null. Lone surrogates leave as
    escapes. Raises TypeError and ValueError for what is no JSON value."""
    try:
        return orjson.dumps(value, option=AS_THE_STANDARD_ONE)
    except TypeError:  # a surrogate, a number beyond 64 bits, too many levels
        return to_json(value).encode("ascii")


def from_json(text: str | bytes) -> Any:
    """The value of a JSON text. Bytes that are no UTF-8 become U+FFFD; whole numbers beyond 64 bits are floats.

    Raises ValueError for what is no JSON, and RecursionError for what has too many levels.
    """
    try:
        return orjson.loads(text)
    except ValueError:  # also a surrogate, and the NaN that some servers write
        return json.loads(text if isinstance(text, str) else text.decode("utf-8", "replace"))


def to_json(value: Any) -> str:
    """ASCII JSON on one line; NaN and infinities, which JSON does not have, become null."""
    try:
        return _encode(value)
    except ValueError:
        return _encode(finite(value))


_encode = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def finite(value: Any) -> Any:
    """A copy in which every float that is not finite is None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in cast("list[Any]", value)]
    return value
