"""Anthropic's cache breakpoints, request by request, as the official loop grows its history."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from fake_provider import FakeProvider, in_turn

from rlm_worker._generated.messages import ModelSecrets, ModelSpec
from rlm_worker.clients.backends import create_client
from rlm_worker.clients.base import ModelRequest
from rlm_worker.clients.messages import alternating, split_system
from rlm_worker.errors import RunError
from wire import KEY, anthropic_answer, run

EPHEMERAL = {"type": "ephemeral"}
Message = dict[str, Any]

SYSTEM = {"role": "system", "content": "You are an RLM."}
METADATA = {"role": "user", "content": "Answer the following: who?"}


def turn(number: int) -> Message:
    return {"role": "user", "content": f"Turn {number}/5:"}


def response(text: str) -> Message:
    return {"role": "assistant", "content": text}


def output(text: str) -> Message:
    return {"role": "user", "content": f"REPL output:\n{text}"}


TURNS: list[list[Message]] = [
    [SYSTEM, METADATA, turn(1)],
    [SYSTEM, METADATA, turn(1), response("print(1)"), output("1"), turn(2)],
    # A response without code has no output, and an empty one leaves neighbours of one role.
    [SYSTEM, METADATA, turn(1), response("print(1)"), output("1"), turn(2), response("Hm."), turn(3)],
    [
        *(SYSTEM, METADATA, turn(1), response("print(1)"), output("1"), turn(2), response("Hm."), turn(3)),
        *(response(""), turn(4)),
    ],
]
"""What the official loop sends, turn by turn."""


def body(
    messages: list[Message],
    role: str = "root",
    *,
    caching: bool = True,
    sampling: Message | None = None,
    one_shot: bool = False,
) -> Message:
    with FakeProvider(in_turn(anthropic_answer())) as server:
        spec = ModelSpec.model_validate(
            {
                **{"backend": "anthropic", "model": "claude-sonnet-5-5", "baseUrl": server.url},
                **{"samplingArgs": sampling or {}, "priceProvider": None},
            }
        )
        secrets = ModelSecrets.model_validate({"apiKey": KEY, "backendOptions": {}})
        client = create_client(spec, secrets, prompt_caching=caching)
        run(client.complete(ModelRequest(messages, role=role, one_shot=one_shot)))
        run(client.aclose())
    return server.requests[0].body


def blocks(body: Message) -> list[Message]:
    """All blocks of a request in the order in which they are cached, each with its role."""
    system = [{"role": "system", **block} for block in body["system"]]
    return system + [{"role": m["role"], **block} for m in body["messages"] for block in m["content"]]


def unmarked(blocks: list[Message]) -> list[Message]:
    return [{name: value for name, value in block.items() if name != "cache_control"} for block in blocks]


def marked(body: Message) -> list[int]:
    return [index for index, block in enumerate(blocks(body)) if block.get("cache_control") == EPHEMERAL]


def text(value: str, *, cached: bool = False) -> Message:
    return {"type": "text", "text": value, **({"cache_control": EPHEMERAL} if cached else {})}


def test_the_first_turn() -> None:
    sent = body(TURNS[0])
    assert sent["system"] == [text("You are an RLM.", cached=True)]
    assert sent["messages"] == [
        {"role": "user", "content": [text("Answer the following: who?"), text("\n\nTurn 1/5:", cached=True)]}
    ]


def test_the_second_turn() -> None:
    sent = body(TURNS[1])
    assert sent["system"] == [text("You are an RLM.", cached=True)]
    assert sent["messages"] == [
        {"role": "user", "content": [text("Answer the following: who?"), text("\n\nTurn 1/5:")]},
        {"role": "assistant", "content": [text("print(1)")]},
        {"role": "user", "content": [text("REPL output:\n1"), text("\n\nTurn 2/5:", cached=True)]},
    ]


@pytest.mark.parametrize("role", ["root", "child"])
def test_what_a_turn_writes_is_the_beginning_of_the_next(role: str) -> None:
    sent = [body(messages, role) for messages in TURNS]
    for earlier, later in pairwise(sent):
        before, after = blocks(earlier), blocks(later)
        assert unmarked(after)[: len(before)] == unmarked(before)
        assert marked(earlier) == [0, len(before) - 1]
        # The API looks for earlier writes at a breakpoint and 19 blocks before it, and takes four breakpoints.
        assert 0 < len(after) - len(before) <= 19
        assert len(marked(later)) <= 4


@pytest.mark.parametrize("messages", TURNS)
def test_the_model_reads_the_same_text_with_and_without(messages: list[Message]) -> None:
    sent = body(messages)
    joined = [(m["role"], "".join(block["text"] for block in m["content"])) for m in sent["messages"]]
    system, turns = split_system(messages)
    assert sent["system"][0]["text"] == system
    assert joined == [(m["role"], m["content"]) for m in alternating(turns)]
    plain = body(messages, caching=False)
    assert joined == [(m["role"], m["content"]) for m in plain["messages"]]


@pytest.mark.parametrize("role", ["compaction", "default_answer"])
def test_the_last_request_of_a_history_reads_and_does_not_write(role: str) -> None:
    request = {"role": "user", "content": "Summarize your progress so far."}
    sent = body([*TURNS[1], response("print(2)"), output("2"), request], role)
    written = body(TURNS[1])
    assert marked(sent) == marked(written)
    assert unmarked(blocks(sent))[: len(blocks(written))] == unmarked(blocks(written))


@pytest.mark.parametrize("role", ["llm_query", "leaf"])
def test_a_plain_sub_call_is_not_cached(role: str) -> None:
    sent = body([{"role": "user", "content": "Summarise: ..."}], role)
    assert sent["messages"] == [{"role": "user", "content": "Summarise: ..."}]


def test_one_shot_is_not_cached_whatever_its_role() -> None:
    sent = body(TURNS[0], one_shot=True)
    assert sent["system"] == "You are an RLM." and "cache_control" not in str(sent)


def test_off_is_off() -> None:
    for messages in TURNS:
        assert "cache_control" not in str(body(messages, caching=False))


@pytest.mark.parametrize(
    "sampling", [{"cacheControl": EPHEMERAL}, {"extraBody": {"context": [{"cache_control": EPHEMERAL}]}}]
)
def test_breakpoints_of_the_users_own_stand_alone(sampling: Message) -> None:
    sent = body(TURNS[1], sampling=sampling)
    assert sent["system"] == "You are an RLM."
    assert str(sent).count("cache_control") == 1


def test_a_cache_without_a_price_is_refused() -> None:
    with pytest.raises(RunError, match="ttl") as refused:
        body(TURNS[0], sampling={"cacheControl": {"type": "ephemeral", "ttl": "1h"}})
    assert refused.value.code == "invalid_setting"


def test_a_history_without_system_text() -> None:
    sent = body(TURNS[0][1:])
    assert "system" not in sent
    assert sent["messages"][0]["content"][-1] == text("\n\nTurn 1/5:", cached=True)


def test_blank_messages_are_left_out() -> None:
    """The API refuses blocks without text."""
    sent = body([*TURNS[0], response(" \n"), turn(2)])
    assert [block["text"] for block in sent["messages"][0]["content"]][1:] == ["\n\nTurn 1/5:", "\n\nTurn 2/5:"]
    assert marked(sent)[-1] == len(blocks(sent)) - 1
    plain = body([*TURNS[0], response(" \n"), turn(2)], caching=False)
    assert [message["role"] for message in plain["messages"]] == ["user"]
