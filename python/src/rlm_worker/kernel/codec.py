"""JSON by private references to C code: model code that poisons ``json`` or ``builtins`` changes nothing here."""

from __future__ import annotations

import json.encoder
from collections.abc import Callable, Iterable
from json import JSONDecoder
from json.encoder import encode_basestring
from typing import Any, cast

_decoder = JSONDecoder()
_scan: Callable[[str, int], tuple[Any, int]] = vars(_decoder)["scan_once"]
_make_encoder: Callable[..., Callable[[Any, int], Iterable[str]]] = vars(json.encoder)["c_make_encoder"]
_str = str
_PLAIN = frozenset((str, int, float, bool, type(None)))


class BadJson(ValueError):
    """The bytes are not one JSON document."""


def encode(value: Any) -> bytes:
    """One JSON document, in UTF-8: one that was decoded and is sent on does not grow.

    Raises TypeError or ValueError for what JSON cannot hold (NaN included).
    """
    encoder = _make_encoder({}, _refuse, encode_basestring, None, ":", ",", False, False, False)
    return "".join(encoder(value, 0)).encode("utf-8", "surrogatepass")


def decode(payload: bytes) -> Any:
    """Raises BadJson."""
    try:
        text = payload.decode("utf-8", "surrogatepass")
        value, end = _scan(text, 0)
    except (StopIteration, ValueError, RecursionError) as error:
        raise BadJson(f"not JSON: {type(error).__name__}") from None
    if end != len(text):
        raise BadJson("more than one JSON document")
    return value


def scan(text: str, at: int) -> tuple[Any, int]:
    """The value that begins there, and where it ends. Raises StopIteration, or ValueError, when there is none."""
    return _scan(text, at)


def decode_document(text: str) -> Any:
    """A JSON file, white space around it allowed. Raises ``json.JSONDecodeError``."""
    return _decoder.decode(text)


def to_json_text(value: Any) -> str:
    """How a dict or list given as the answer is written. Raises TypeError or ValueError for keys JSON cannot hold or a
    cycle."""
    encoder = _make_encoder({}, _str, encode_basestring, None, ": ", ", ", False, False, True)
    return "".join(encoder(value, 0))


def to_plain_json_text(value: Any) -> str:
    """``to_json_text`` of dicts and lists that hold nothing but those, texts, numbers and flags: only they run no code
    of their own. Raises TypeError or ValueError for anything else."""
    _require_plain(value)
    return to_json_text(value)


def _require_plain(value: Any) -> None:
    kind = cast("type[Any]", type(value))
    if kind is dict:
        for key, item in cast("dict[Any, Any]", value).items():
            if type(key) is not str:
                _refuse(key)
            _require_plain(item)
    elif kind is list:
        for item in cast("list[Any]", value):
            _require_plain(item)
    elif kind not in _PLAIN:
        _refuse(value)


def _refuse(value: Any) -> Any:
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
