"""The ``offline`` backend: a deterministic extractive program as root and sub model. **Not a language model.**

It knows no language and no facts: it finds the passages of the context that share the question's rarer words, and
quotes them. With it, demos, tests and CI run the whole path (REPL code, batched sub-calls, answer) without a key or a
network.
"""

from __future__ import annotations

from typing import Any

from ..messages import text_of
from .direct_model import direct_reply, is_direct_conversation
from .root_model import is_root_conversation, root_reply
from .sub_model import sub_reply

__all__ = ["reply_to"]


def reply_to(messages: list[dict[str, Any]]) -> str:
    """The program's answer to a conversation: as the root model, as that of a direct run, else as a sub model."""
    turns = [(str(message.get("role")), text_of(message.get("content"))) for message in messages]
    if is_root_conversation(turns):
        return root_reply(turns)
    if is_direct_conversation(turns):
        return direct_reply(turns)
    return sub_reply("\n\n".join(text for _, text in turns))
