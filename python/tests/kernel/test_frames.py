"""Frames and messages: whole ones come through however they are cut, and nothing wrong does."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest

from rlm_worker.kernel.codec import BadJson, decode, encode, to_json_text
from rlm_worker.kernel.frames import (
    JSON,
    MAX_JSON_BYTES,
    MAX_RAW_BYTES,
    MAX_STRUCTURE_BYTES,
    RAW,
    FrameBuffer,
    FrameError,
    FrameTooLarge,
    json_frame,
    raw_frame,
)
from rlm_worker.kernel.messages import FROM_INTERPRETER, FROM_SUPERVISOR, Done, Ended, Lost, Pong, parse, to_wire

DONE = {
    "type": "done",
    "id": 1,
    "status": "ok",
    "error": "",
    "variables": [["x", True, "1"]],
    "final": None,
    "content": "",
}


@pytest.mark.parametrize("cut", [1, 2, 4, 5, 6, 1000])
def test_frames_come_whole_however_they_are_cut(cut: int) -> None:
    data = json_frame({"a": "é\ud800"}) + raw_frame(b"\0" * 10) + raw_frame(b"") + json_frame({})
    buffer = FrameBuffer(raw_allowed=True)
    frames = [frame for at in range(0, len(data), cut) for frame in buffer.feed(data[at : at + cut])]
    assert [kind for kind, _ in frames] == [JSON, RAW, RAW, JSON]
    assert decode(frames[0][1]) == {"a": "é\ud800"}
    assert frames[1][1] == b"\0" * 10


@pytest.mark.parametrize(
    "header",
    [
        b"X\0\0\0\1",
        b"\0\0\0\0\0",
        b"B\0\0\0\1",
        b"J" + (MAX_JSON_BYTES + 1).to_bytes(4, "big"),
        b"J\xff\xff\xff\xff",
    ],
)
def test_a_wrong_header_is_refused_before_its_payload(header: bytes) -> None:
    with pytest.raises(FrameError):
        list(FrameBuffer(raw_allowed=False).feed(header))
    with pytest.raises(FrameError):
        list(FrameBuffer(raw_allowed=True).feed(b"B" + (MAX_RAW_BYTES + 1).to_bytes(4, "big")))


def test_a_message_too_large_is_not_sent() -> None:
    with pytest.raises(FrameTooLarge):
        json_frame({"text": "x" * MAX_JSON_BYTES})


@pytest.mark.parametrize(
    "value", [None, True, 0, -1.5, 10**30, "", "é\u2028😀\ud800", [1, ["a", {}]], {"k": {"": None}}]
)
def test_json_there_and_back(value: Any) -> None:
    assert decode(encode(value)) == value == json.loads(encode(value))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}, b"x"])
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        encode(value)


@pytest.mark.parametrize("data", [b"", b"{", b"nul", b"{} {}", b"\xff", b"[" * 200_000, b"1" * 10_000])
def test_bad_json_is_one_error(data: bytes) -> None:
    with pytest.raises(BadJson):
        decode(data)


def test_text_of_an_answer() -> None:
    assert to_json_text({"é": [1, float("inf")], "o": {3}}) == '{"é": [1, Infinity], "o": "{3}"}'
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(ValueError, match="Circular"):
        to_json_text(loop)


def wrong(**fields: Any) -> dict[str, Any]:
    return {**DONE, **fields}


@pytest.mark.parametrize(
    "message",
    [
        [],
        "done",
        None,
        {},
        {"type": 1},
        {"type": "shutdown"},
        {"type": ["done"]},
        wrong(id=-1),
        wrong(id=True),
        wrong(id=1.0),
        wrong(id=2**60),
        wrong(status="timed_out"),
        wrong(error=None),
        wrong(final=1),
        wrong(variables=[["x", 1, "1"]]),
        wrong(variables=[["x", True]]),
        wrong(variables=[["x", True, "1"]] * 2001),
        wrong(variables={}),
        {key: value for key, value in DONE.items() if key != "content"},
        {"type": "request", "id": 1, "kind": "shell", "prompts": [], "model": None, "schema": None},
        {"type": "request", "id": 1, "kind": "llm", "prompts": "text", "model": None, "schema": None},
        {"type": "request", "id": 1, "kind": "llm", "prompts": ["x"], "model": 5, "schema": None},
        {"type": "reply", "id": 1, "results": ["forged"]},
        {"type": "started", "python": "3", "problem": None},
    ],
)
def test_wrong_messages_of_an_interpreter(message: Any) -> None:
    with pytest.raises(FrameError):
        parse(JSON, encode(message), FROM_INTERPRETER)


def test_a_right_message_is_rebuilt_without_what_is_not_known() -> None:
    assert parse(JSON, encode({**DONE, "status": "ok", "extra": "x" * 100}), FROM_INTERPRETER) == Done(**fields(DONE))
    with pytest.raises(FrameError):
        parse(RAW, b"{}", FROM_SUPERVISOR)


def fields(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name != "type"}


@pytest.mark.parametrize("shapes", [FROM_INTERPRETER, FROM_SUPERVISOR], ids=["interpreter", "supervisor"])
def test_every_field_of_a_message_is_checked(shapes: dict[str, Any]) -> None:
    for kind, checks in shapes.values():
        assert set(checks) == set(kind._fields)


def test_a_message_of_a_supervisor_is_what_its_reader_makes_of_it() -> None:
    for message in (Lost(1, "died"), Ended(1, "ok", "", [["x", True, "1"]], "a", "b", 0, 5), Pong()):
        assert parse(JSON, encode(to_wire(message)), FROM_SUPERVISOR) == message


def test_what_a_supervisor_relays_its_reader_accepts() -> None:
    for name in ("request", "tool_call", "received", "loaded", "load_failed", "draft", "drafted", "alive"):
        assert FROM_INTERPRETER[name] == FROM_SUPERVISOR[name]
    assert set(Done._fields) < set(Ended._fields)


@pytest.mark.parametrize("seed", range(10))
def test_what_is_not_text_is_bounded_wherever_the_texts_are(seed: int) -> None:
    """Against a count of the whole at once."""
    dice = random.Random(seed)
    least, structure = MAX_STRUCTURE_BYTES + 1, dice.choice([0, MAX_STRUCTURE_BYTES // 2, MAX_STRUCTURE_BYTES])
    parts = [b"[" + b"1," * ((structure + dice.randrange(-20, 20)) // 2)]
    while sum(map(len, parts)) < least + structure:
        inner = b"".join(dice.choice([b"\\\\", b'\\"', b"x" * 50, b"]", b"\\n"]) for _ in range(dice.randrange(2000)))
        parts.append(b'"' + inner * dice.choice([1, 1, 20]) + b'",')
    payload = b"".join(parts) + b"0]"
    plain = payload.replace(b"\\\\", b"").replace(b'\\"', b"")
    fits = len(re.sub(rb'"[^"]*"', b"", plain)) <= MAX_STRUCTURE_BYTES
    data = b"J" + len(payload).to_bytes(4, "big") + payload
    if fits:
        assert list(FrameBuffer(raw_allowed=False).feed(data)) == [(JSON, payload)]
    else:
        with pytest.raises(FrameError, match="not text"):
            list(FrameBuffer(raw_allowed=False).feed(data))


@pytest.mark.parametrize("at", range(32))
def test_an_escape_is_one_wherever_it_is_looked_at_in_pieces(at: int) -> None:
    payload = b'"' + b"x" * at + (b'\\"' + b"x" * 30) * 40_000 + b'"'
    data = b"J" + len(payload).to_bytes(4, "big") + payload
    assert list(FrameBuffer(raw_allowed=False).feed(data)) == [(JSON, payload)]


def test_a_text_of_backslashes_is_one() -> None:
    frame = json_frame({"text": "\\" * 2_000_000})
    ((_, payload),) = FrameBuffer(raw_allowed=False).feed(frame)
    assert decode(payload) == {"text": "\\" * 2_000_000}
