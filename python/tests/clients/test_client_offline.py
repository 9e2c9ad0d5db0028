from __future__ import annotations

from decimal import Decimal

from rlm_worker.clients.base import ModelRequest, TokenUsage
from wire import client, run


def test_it_needs_no_key_and_costs_nothing() -> None:
    messages = [{"role": "user", "content": "Question: what is red?\n\nThe rose is red."}]
    model = client("offline", None, model="offline", key=None)
    reply = run(model.complete(ModelRequest(messages)))
    assert "The rose is red." in reply.text
    chars = len(messages[0]["content"])
    assert reply.usage == TokenUsage(-(-chars // 4), -(-len(reply.text) // 4))
    assert (reply.cost_usd, reply.model, reply.finish_reason) == (Decimal(0), "offline", "stop")
    assert run(model.complete(ModelRequest(messages))) == reply
