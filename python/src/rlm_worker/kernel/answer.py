"""The ``answer`` variable, read when a code block has ended, however its content and its flag came to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from .codec import to_json_text, to_plain_json_text

MAX_FINAL_CHARS = 8_000_000
MAX_CONTENT_CHARS = 1_000_000

# Those of dict itself, whatever a subclass makes of them.
_get: Callable[..., Any] = dict[str, Any].get
_set: Callable[..., None] = dict[str, Any].__setitem__


class Answer(NamedTuple):
    final: str | None
    """The answer, when the code block left ``ready`` true."""
    content: str | None
    """What the content is now, if anything: for partial answers."""
    problem: str | None
    """Why a ready answer could not be taken; for the model."""


def fresh_answer() -> dict[str, Any]:
    return {"content": "", "ready": False}


def read_answer(namespace: dict[str, Any]) -> Answer:
    """Reads and settles: ``ready`` is false afterwards, and what is no dict has become a fresh one."""
    current: Any = namespace.get("answer")
    if not issubclass(type(current), dict):
        namespace["answer"] = fresh_answer()
        return Answer(None, None, None)
    answer: dict[str, Any] = current
    try:
        ready = bool(_get(answer, "ready"))
        _set(answer, "ready", False)
        content = _to_text(_get(answer, "content", ""))
    except BaseException as error:
        return Answer(None, None, f"answer could not be read: {type(error).__name__} in its content or ready flag")
    if ready and len(content) > MAX_FINAL_CHARS:
        problem = (
            f"answer['content'] has {len(content)} characters; the limit is {MAX_FINAL_CHARS}. Give a shorter answer."
        )
        return Answer(None, content[:MAX_CONTENT_CHARS], problem)
    return Answer(content if ready else None, content[:MAX_CONTENT_CHARS] or None, None)


def peek_content(namespace: dict[str, Any]) -> str | None:
    """The content while a code block runs, from another thread; changes nothing."""
    current: Any = namespace.get("answer")
    if not issubclass(type(current), dict):
        return None
    try:
        return _to_text(_get(current, "content", ""))[:MAX_CONTENT_CHARS] or None
    except BaseException:
        return None


def plain_content(namespace: dict[str, Any]) -> str | None:
    """The content on a code block's own thread, where no code of the model's may run. Raises TypeError or ValueError
    when it takes such code to tell it."""
    current: Any = namespace.get("answer")
    content: Any = _get(current, "content") if type(current) is dict else None
    if content is None:
        return None
    text = content if type(content) is str else to_plain_json_text(content)
    return text[:MAX_CONTENT_CHARS] or None


def _to_text(content: Any) -> str:
    """A dict or list becomes JSON, as a caller can parse; anything else ``str``, as in the official library."""
    if content is None:
        return ""
    if issubclass(type(content), (dict, list)):
        try:
            return to_json_text(content)
        except (TypeError, ValueError):
            return str.__str__(str(content))
    return str.__str__(str(content))
