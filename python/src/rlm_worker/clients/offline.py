"""The ``offline`` backend's client: the program in ``rlm_worker.offline`` answers. Not a language model."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from .base import ModelClient, ModelReply, ModelRequest, TokenUsage
from .messages import text_of

CHARS_PER_TOKEN = 4


class OfflineClient(ModelClient):
    """Deterministic, free, and without a network. A token is four characters, rounded up."""

    async def _attempt(self, request: ModelRequest, output_limit: int | None) -> ModelReply:
        from .offline_model.reply import reply_to  # which no other backend's run needs

        # In a thread: reading a fat prompt takes a while, and other calls of the loop go on.
        text = await asyncio.to_thread(reply_to, request.messages)
        read = sum(len(text_of(message.get("content"))) for message in request.messages)
        usage = TokenUsage(input_tokens=_tokens(read), output_tokens=_tokens(len(text)))
        return ModelReply(text=text, model=self.model, usage=usage, cost_usd=Decimal(0), finish_reason="stop")


def _tokens(chars: int) -> int:
    return -(-chars // CHARS_PER_TOKEN)
