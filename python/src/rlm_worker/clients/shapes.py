"""What a provider's refusal says of the history's shape: roles that are to alternate, and no system role.

Most of these are a model's chat template that raises an exception, which vLLM passes on as 400 and llama.cpp as 500.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .messages import Message, alternating


class Shape(NamedTuple):
    """What a server does not take. Text is never changed, only put together where it must be."""

    alternate_roles: bool = False
    no_system_role: bool = False

    def __or__(self, other: Shape) -> Shape:
        return Shape(self.alternate_roles or other.alternate_roles, self.no_system_role or other.no_system_role)

    def of(self, messages: list[Message]) -> list[Message]:
        """The messages in this shape; the system's text, where it has no role, begins the user's first message."""
        if not (self.alternate_roles or self.no_system_role):
            return messages
        if self.no_system_role:
            messages = [{**message, "role": "user"} if message["role"] == "system" else message for message in messages]
        return alternating(messages)


ANY_SHAPE = Shape()
ALTERNATING = Shape(alternate_roles=True)

ALTERNATE = (
    r"(?i)\b(?:roles?|messages?(?:\(s\))?|turns?|conversation|requests?)\b[^.]{0,60}\balternat"  # templates, Bedrock
    r"|successive (?:user|assistant)|interleave the user"  # DeepSeek
    r"|(?:consecutive|multiple) \W?(?:user|assistant|messages)\b"  # Anthropic's models behind gateways
    r"|role \W?(user|assistant)\W? after role \W?\1"  # Mistral
)
NO_SYSTEM = (
    r"(?i)system (?:role|message|prompt|instruction)s?\b"
    r"[^.]{0,30}\b(?:not|un)[ -]?(?:supported|allowed|permitted|enabled)"
    r"|(?:n[o']t (?:support|allow|accept)|unsupported)\w* [^.]{0,30}?\bsystem\b"
    r"|developer instruction is not enabled"  # Gemma on Gemini's API
)


def shape_said(text: str) -> Shape:
    """The shape that a refusal asks for."""
    return Shape(re.search(ALTERNATE, text) is not None, re.search(NO_SYSTEM, text) is not None)
