"""One question to a model, whoever serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from .reply_schema import Schema

if TYPE_CHECKING:
    from .._generated.outgoing import CallRole

Form = Literal["schema", "json"]
"""How a reply is asked for: ``schema``, as JSON of that schema; ``json``, as any JSON."""


class ModelRequest(NamedTuple):
    """One question.

    Attributes:
        messages: chat messages; content is text or a list of text parts. The last one is not the assistant's.
        max_output_tokens: upper bound of the answer; the smaller of it and ``samplingArgs.max_tokens`` is sent.
        role: who asks, a ``CallRole``; ``depth``: where in the tree.
        one_shot: nothing of this conversation was asked before or will be asked again, as far as is known.
        schema: JSON Schema that the reply is to fit, which the prompt says too; None for text.
        form: how one attempt asks for that, set by the client itself; its ``schema`` is always an object's.
    """

    messages: list[dict[str, Any]]
    max_output_tokens: int | None = None
    role: CallRole = "root"
    depth: int = 0
    one_shot: bool = False
    schema: Schema | None = None
    form: Form | None = None
