"""How a run reads its context: by writing code (``recurse``, the official loop) or in one prompt (``direct``).

The threshold of ``auto`` is where the published curves cross: Zhang, Kraska and Khattab, "Recursive Language Models"
(arXiv:2512.24601v2, section 4, observation 3) find that "the base LM outperforms RLM in the small input context regime"
and that "for context lengths beyond 2^14, the RLM consistently outperforms GPT-5".
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Literal, NamedTuple

from .._generated.messages import RunSpec
from ..clients.token_count import MAX_BYTES_PER_TOKEN, count_tokens
from ..context import StreamedContext
from ..errors import RunError
from ..ledger.limits import MIN_OUTPUT_TOKENS
from ..ledger.models import Model
from ..ledger.prices import PriceBook

DIRECT_TOKENS = 1 << 14
"""The longest context, in tokens, that ``auto`` puts into one prompt."""

COUNTED_BYTES = DIRECT_TOKENS * MAX_BYTES_PER_TOKEN
"""1 MiB. A longer context is over ``DIRECT_TOKENS`` whatever is in it, and is not counted for its own sake."""


class Choice(NamedTuple):
    """``context_tokens`` is None where the context was not counted."""

    strategy: Literal["recurse", "direct"]
    reason: str
    context_tokens: int | None = None


def choose(spec: RunSpec, context: StreamedContext | None, model: Model, prices: PriceBook) -> Choice:
    """The strategy of a run, and why. Reads at most ``COUNTED_BYTES``, or what fits the model's window.

    Raises:
        RunError: context_too_long, where one prompt was asked for and the context does not fit the root model's window.
        ContextFailure: the context cannot be read.
    """
    if spec.strategy == "recurse":
        return Choice("recurse", "asked for")
    if context is None:
        return Choice("recurse", "there is no new context to put into a prompt")
    if spec.strategy == "auto" and spec.tools:
        return Choice("recurse", "tools need the REPL")
    room = prompt_room(model, prices)
    if spec.strategy == "direct":
        return Choice("direct", "asked for", _fitting(context, room, model))
    return _automatic(context, room, model)


def instead_of_direct(spec: RunSpec, choice: Choice, error: RunError) -> Choice:
    """What ``auto`` does when the one prompt was too long after all: for the model's provider, or with the query.

    Raises:
        RunError: ``error``, where it is another, or one prompt was asked for.
    """
    if spec.strategy != "auto" or error.code != "context_too_long":
        raise error
    return Choice("recurse", f"the context did not fit into one prompt: {error.message}", choice.context_tokens)


def prompt_room(model: Model, prices: PriceBook) -> int | None:
    """Tokens a prompt may have beside the answer in the model's window; None for a model whose window is unknown."""
    window = model.window(prices)
    return None if window is None else window - (model.client.output_limit(None) or MIN_OUTPUT_TOKENS)


def too_long(room: int, model: Model) -> RunError:
    return RunError(
        "context_too_long",
        f"The context does not fit into one prompt: {model.name} has room for {room:,} tokens beside its answer. "
        "Use strategy 'recurse' or 'auto', or a model with a larger window.",
    )


def _automatic(context: StreamedContext, room: int | None, model: Model) -> Choice:
    size = context.size
    if size > COUNTED_BYTES:
        return Choice("recurse", f"{size:,} bytes of context are more than {DIRECT_TOKENS:,} tokens; not counted")
    tokens = count_tokens(_texts(context))
    measured = f"the context has {tokens:,} tokens, measured"
    if tokens > DIRECT_TOKENS:
        return Choice("recurse", f"{measured}: more than {DIRECT_TOKENS:,}", tokens)
    # Half of it: the rest is for the query, the answer's shape and attempts that are handed back.
    if room is not None and 2 * tokens > room:
        reason = f"{measured}: more than half of what a prompt of {model.name} holds ({room:,})"
        return Choice("recurse", reason, tokens)
    return Choice("direct", f"{measured}: at most {DIRECT_TOKENS:,}", tokens)


def _fitting(context: StreamedContext, room: int | None, model: Model) -> int | None:
    """The context's tokens, counted no further than ``room``. Raises RunError context_too_long when they are more."""
    if room is None:
        return count_tokens(_texts(context)) if context.size <= COUNTED_BYTES else None
    if context.size > room * MAX_BYTES_PER_TOKEN:
        raise too_long(room, model)
    tokens = count_tokens(_texts(context), room)
    if tokens > room:
        raise too_long(room, model)
    return tokens


def _texts(context: StreamedContext) -> Iterator[str]:
    for document in context.documents():
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        with document.open() as opened:
            for chunk in opened.chunks():
                yield decoder.decode(chunk)
