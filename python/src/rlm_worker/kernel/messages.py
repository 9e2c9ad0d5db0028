"""Every message of the kernel, by direction. What the less trusted side sends is checked field by field and rebuilt.

worker -> supervisor   configure, execute, load, document, load_end, reset_answer, peek_answer, interrupt,
                       reply   (trusted)
supervisor -> worker   FROM_SUPERVISOR
interpreter -> supervisor   FROM_INTERPRETER
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

from .codec import BadJson, decode
from .frames import JSON, FrameError
from .json_values import is_json_value

Check = Callable[[Any], bool]
Schema = dict[str, Check]

QUERY_KINDS = ("llm", "llm_batched", "rlm", "rlm_batched")
MAX_PROMPTS = 100_000
MAX_PROMPT_LEVELS = 20
MAX_VARIABLES = 2_000
_MAX_COUNT = 1 << 53
_MAX_SHORT_CHARS = 1_000
_MAX_ERROR_CHARS = 1_000_000
_MAX_ANSWER_CHARS = 10_000_000


def _text(value: Any) -> bool:
    return type(value) is str


def _text_or_none(value: Any) -> bool:
    return value is None or type(value) is str


def _text_up_to(chars: int) -> Check:
    return lambda value: type(value) is str and len(value) <= chars


def _answer(value: Any) -> bool:
    return value is None or (type(value) is str and len(value) <= _MAX_ANSWER_CHARS)


def _count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _MAX_COUNT


def _flag(value: Any) -> bool:
    return type(value) is bool


def _one_of(*choices: str) -> Check:
    return lambda value: type(value) is str and value in choices


def _prompts(value: Any) -> bool:
    prompts = _list(value, MAX_PROMPTS)
    return prompts is not None and all(is_prompt(prompt) for prompt in prompts)


def is_prompt(value: Any, levels: int = MAX_PROMPT_LEVELS) -> bool:
    """A text, or messages as JSON can hold them, nested no deeper than any provider takes."""
    if type(value) is float:
        return math.isfinite(value)
    if type(value) not in (list, dict):
        return True
    if levels == 0:
        return False
    items = cast("dict[Any, Any]", value).values() if type(value) is dict else cast("list[Any]", value)
    return all(is_prompt(item, levels - 1) for item in items)


def _variables(value: Any) -> bool:
    items = _list(value, MAX_VARIABLES)
    return items is not None and all(_variable(item) for item in items)


def _variable(value: Any) -> bool:
    fields = _list(value, 3) or []
    return len(fields) == 3 and _short_text(fields[0]) and _flag(fields[1]) and _short_text(fields[2])


def _list(value: Any, limit: int) -> list[Any] | None:
    if type(value) is not list:
        return None
    items = cast("list[Any]", value)
    return items if len(items) <= limit else None


def _arguments(value: Any) -> bool:
    return type(value) is dict and is_json_value(value)


_short_text = _text_up_to(_MAX_SHORT_CHARS)

_REQUEST: Schema = {
    "id": _count,
    "kind": _one_of(*QUERY_KINDS),
    "prompts": _prompts,
    "model": _text_or_none,
    "schema": _text_or_none,
}
_TOOL_CALL: Schema = {"id": _count, "tool": _short_text, "arguments": _arguments}
_LOADED: Schema = {
    "id": _count,
    "contextType": _one_of("str", "list", "dict"),
    "chars": _count,
    "bytes": _count,
    "sha256": _text,
}
_ENDED: Schema = {
    "id": _count,
    "error": _text_up_to(_MAX_ERROR_CHARS),
    "variables": _variables,
    "final": _answer,
    "content": _answer,
}

FROM_INTERPRETER: dict[str, Schema] = {
    "ready": {"problem": _text_or_none},
    "request": _REQUEST,
    "tool_call": _TOOL_CALL,
    "received": {"id": _count, "bytes": _count},
    "loaded": _LOADED,
    "load_failed": {"id": _count, "fault": _one_of("content", "memory", "died"), "message": _text},
    "done": {**_ENDED, "status": _one_of("ok", "error", "interrupted")},
    "draft": {"id": _count, "content": _answer},
}

FROM_SUPERVISOR: dict[str, Schema] = {
    "started": {"python": _text, "problem": _text_or_none},
    "output": {"stream": _one_of("stdout", "stderr"), "text": _text},
    "request": _REQUEST,
    "tool_call": _TOOL_CALL,
    "received": {"id": _count, "bytes": _count},
    "loaded": _LOADED,
    "load_failed": {"id": _count, "fault": _one_of("content", "memory", "died"), "message": _text},
    "lost": {"life": _count, "reason": _text},
    "done": {
        **_ENDED,
        "status": _one_of("ok", "error", "timed_out", "interpreter_died", "not_run"),
        "discardedStdout": _count,
        "discardedStderr": _count,
    },
    "draft": {"id": _count, "content": _answer},
    "fatal": {"reason": _text},
}


def parse(kind: int, payload: bytes, schemas: dict[str, Schema]) -> dict[str, Any]:
    """A message with exactly the fields of its schema. Raises FrameError."""
    if kind != JSON:
        raise FrameError("raw bytes where a message belongs")
    try:
        message = decode(payload)
    except BadJson as error:
        raise FrameError(str(error)) from None
    fields = cast("dict[str, Any]", message) if type(message) is dict else {}
    name = fields.get("type")
    schema = schemas.get(name) if type(name) is str else None
    if schema is None:
        raise FrameError("a message of unknown type")
    parsed: dict[str, Any] = {"type": name}
    for field, check in schema.items():
        if field not in fields or not check(fields[field]):
            raise FrameError(f"{name}: bad {field}")
        parsed[field] = fields[field]
    return parsed
