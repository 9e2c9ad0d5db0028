"""Chat messages as the providers want them: system text apart, roles alternating, content as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

Message = dict[str, Any]
Messages = list[Message]


def text_of(content: Any) -> str:
    """The text of a message's content: a string, or the text parts of a list joined."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(_part_text(part) for part in cast(list[Any], content))
    return str(content)


def with_text(messages: list[Message]) -> list[Message]:
    """The messages that have some: an empty one is refused by some providers, and says nothing to any."""
    return [message for message in messages if is_said(text_of(message.get("content")))]


def is_said(text: str) -> bool:
    """Whether it has more than white space."""
    return text != "" and not text.isspace()


def split_system(messages: list[Message]) -> tuple[str, list[Message]]:
    """The system messages' text, blank line between, and the rest in order."""
    system = [text_of(message["content"]) for message in messages if message.get("role") == "system"]
    return "\n\n".join(system), [message for message in messages if message.get("role") != "system"]


def alternating(messages: list[Message]) -> list[Message]:
    """Neighbours of one role joined by a blank line, messages without text left out, as some providers demand.

    The official loop sends its metadata and its first turn as two user messages in a row (``rlm/utils/prompts.py``).
    """
    merged: list[Message] = []
    for message in messages:
        role, text = str(message.get("role")), text_of(message.get("content"))
        if not is_said(text):
            continue
        if merged and merged[-1]["role"] == role:
            merged[-1] = {"role": role, "content": f"{merged[-1]['content']}\n\n{text}"}
        else:
            merged.append({"role": role, "content": text})
    return merged


def _part_text(part: Any) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Mapping):
        return str(cast(Mapping[str, Any], part).get("text") or "")
    return ""
