"""Every message of the kernel, by direction. What the less trusted side sends becomes a typed value here, checked field
by field, and nothing else of it goes on.

worker -> supervisor   configure, execute, load, documents, load_end, reset_answer, peek_answer, probe, interrupt,
                       replace, ping, reply   (trusted)
supervisor -> worker   FROM_SUPERVISOR
interpreter -> supervisor   FROM_INTERPRETER
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar, cast

from .checks import (
    Check,
    are_arguments,
    are_prompts,
    are_variables,
    is_content,
    is_count,
    is_error,
    is_final,
    is_name,
    is_name_or_none,
    is_reason,
    is_reason_or_none,
    is_sha256,
    is_text,
    one_of,
    text_or_none,
)
from .codec import BadJson, decode
from .frames import JSON, FrameError

QUERY_KINDS = ("llm", "llm_batched", "rlm", "rlm_batched")


class Ready(NamedTuple):
    """The interpreter has its tools; ``problem``: the one that it could not install."""

    problem: str | None


class Request(NamedTuple):
    """A sub-call, or a batch of them. ``schema`` is JSON Schema as text."""

    id: int
    kind: str
    prompts: list[Any]
    model: str | None
    schema: str | None


class ToolCall(NamedTuple):
    id: int
    tool: str
    arguments: dict[str, Any]


ContextType = Literal["str", "list", "dict"]
OutputStream = Literal["stdout", "stderr"]


class Received(NamedTuple):
    """How much of a load has arrived."""

    id: int
    bytes: int


class Loaded(NamedTuple):
    id: int
    context_type: ContextType
    chars: int
    bytes: int
    sha256: str


class LoadFailed(NamedTuple):
    id: int
    fault: str
    message: str


class Draft(NamedTuple):
    """The answer so far, as ``peek_answer`` asked."""

    id: int
    content: str | None


class Drafted(NamedTuple):
    """The answer so far, unasked: it has changed since the worker last heard it, and a request is about to follow."""

    content: str | None


class Alive(NamedTuple):
    """The main thread of the interpreter took a ``probe``; of its successor, where it did not."""

    id: int


class Done(NamedTuple):
    """How a code block ended, by the interpreter that ran it."""

    id: int
    status: str
    error: str
    variables: list[Any]
    final: str | None
    content: str | None


class Started(NamedTuple):
    id: int
    python: str
    problem: str | None


class Output(NamedTuple):
    stream: OutputStream
    text: str


class Lost(NamedTuple):
    """An interpreter ended; the one of ``life`` took its place."""

    life: int
    reason: str


class Ended(NamedTuple):
    """How a code block ended, whatever became of its interpreter, and the bytes of its output that were dropped."""

    id: int
    status: str
    error: str
    variables: list[Any]
    final: str | None
    content: str | None
    discarded_stdout: int
    discarded_stderr: int


class Pong(NamedTuple):
    """The supervisor took a ``ping``."""


class Fatal(NamedTuple):
    reason: str


if TYPE_CHECKING:
    Answer = Received | Loaded | LoadFailed | Draft | Alive
    """What the interpreter says because it was asked to, beside the end of a code block."""

    FromInterpreter = Ready | Drafted | Request | ToolCall | Done | Answer
    FromSupervisor = Started | Output | Drafted | Request | ToolCall | Answer | Lost | Ended | Pong | Fatal

Message = TypeVar("Message")
Shape = tuple[Callable[..., Message], dict[str, Check]]

_ANSWERS: dict[str, Shape[Answer]] = {
    "received": (Received, {"id": is_count, "bytes": is_count}),
    "loaded": (
        Loaded,
        {
            "id": is_count,
            "context_type": one_of("str", "list", "dict"),
            "chars": is_count,
            "bytes": is_count,
            "sha256": is_sha256,
        },
    ),
    "load_failed": (
        LoadFailed,
        {"id": is_count, "fault": one_of("content", "memory", "died"), "message": is_reason},
    ),
    "draft": (Draft, {"id": is_count, "content": is_content}),
    "alive": (Alive, {"id": is_count}),
}
_REQUESTS: dict[str, Shape[Request | ToolCall]] = {
    "request": (
        Request,
        {
            "id": is_count,
            "kind": one_of(*QUERY_KINDS),
            "prompts": are_prompts,
            "model": is_name_or_none,
            "schema": text_or_none,
        },
    ),
    "tool_call": (ToolCall, {"id": is_count, "tool": is_name, "arguments": are_arguments}),
}
_ENDED: dict[str, Check] = {
    "id": is_count,
    "error": is_error,
    "variables": are_variables,
    "final": is_final,
    "content": is_content,
}

FROM_INTERPRETER: dict[str, Shape[FromInterpreter]] = {
    **_ANSWERS,
    **_REQUESTS,
    "ready": (Ready, {"problem": is_reason_or_none}),
    "drafted": (Drafted, {"content": is_content}),
    "done": (Done, {**_ENDED, "status": one_of("ok", "error", "interrupted")}),
}
FROM_SUPERVISOR: dict[str, Shape[FromSupervisor]] = {
    **_ANSWERS,
    **_REQUESTS,
    "started": (Started, {"id": is_count, "python": is_text, "problem": is_reason_or_none}),
    "output": (Output, {"stream": one_of("stdout", "stderr"), "text": is_text}),
    "drafted": (Drafted, {"content": is_content}),
    "lost": (Lost, {"life": is_count, "reason": is_text}),
    "ended": (
        Ended,
        {
            **_ENDED,
            "status": one_of("ok", "error", "timed_out", "interpreter_died", "not_run"),
            "discarded_stdout": is_count,
            "discarded_stderr": is_count,
        },
    ),
    "pong": (Pong, {}),
    "fatal": (Fatal, {"reason": is_text}),
}

_NAMES: dict[Any, str] = {kind: name for name, (kind, _) in FROM_SUPERVISOR.items()}


def parse(kind: int, payload: bytes, shapes: Mapping[str, Shape[Message]]) -> Message:
    """The message of a frame, with exactly the fields of its type. Raises FrameError."""
    if kind != JSON:
        raise FrameError("raw bytes where a message belongs")
    try:
        message = decode(payload)
    except BadJson as error:
        raise FrameError(str(error)) from None
    fields = cast("dict[str, Any]", message) if type(message) is dict else {}
    name = fields.get("type")
    shape = shapes.get(name) if type(name) is str else None
    if shape is None:
        raise FrameError("a message of unknown type")
    make, checks = shape
    for field, check in checks.items():
        if field not in fields or not check(fields[field]):
            raise FrameError(f"{name}: bad {field}")
    return make(**{field: fields[field] for field in checks})


def to_wire(message: FromSupervisor) -> dict[str, Any]:
    """What ``parse`` makes the message of."""
    return {"type": _NAMES[type(message)], **message._asdict()}
