"""What OpenAI's ``strict`` takes, and how a schema is put into an object."""

from __future__ import annotations

from typing import Any

import pytest

from rlm_worker.clients.reply_schema import is_strict, object_schema

INT = {"type": "integer"}


def closed(**properties: Any) -> dict[str, Any]:
    required = list(properties)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def deep(levels: int) -> dict[str, Any]:
    return closed(x=deep(levels - 1)) if levels > 1 else INT


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        (closed(n=INT), True),
        (closed(n={"type": ["integer", "null"], "description": "how many"}), True),
        (closed(n={"enum": ["a", 1]}, m={"const": 1}), True),
        (closed(n={"type": "array", "items": closed(m=INT)}), True),
        ({**closed(n={"$ref": "#/$defs/x"}), "$defs": {"x": closed(m=INT)}}, True),
        (deep(5), True),
        (deep(6), False),
        ({**closed(n=INT), "required": []}, False),
        ({**closed(n=INT), "additionalProperties": True}, False),
        ({"type": "object", "properties": {"n": INT}, "required": ["n"]}, False),
        ({"type": "object", "additionalProperties": False}, False),
        (closed(n={"type": "integer", "minimum": 0}), False),
        (closed(n={}), False),
        (closed(n={"type": "array"}), False),
        (closed(n={"oneOf": [INT]}), False),
        (closed(n={"$ref": "#/$defs/x", "description": "no"}), False),
        (closed(**{f"p{n}": INT for n in range(101)}), False),
    ],
)
def test_strict_is_what_openai_takes_so(schema: dict[str, Any], strict: bool) -> None:
    assert is_strict(schema) is strict


@pytest.mark.parametrize(
    "schema",
    [
        INT,
        {"enum": ["yes", "no"]},
        {"anyOf": [closed(n=INT)]},
        {"type": "object", "anyOf": []},
        {"$ref": "#/$defs/x"},
        {},
    ],
)
def test_whatever_is_not_plainly_an_object_becomes_its_member(schema: dict[str, Any]) -> None:
    definitions = {"$defs": {"x": INT}}
    assert object_schema({**schema, **definitions, "$schema": "s", "$id": "i"}) == {
        **closed(reply=schema),
        **definitions,
    }


def test_an_object_stays_as_it_is() -> None:
    assert object_schema({**closed(n=INT), "$schema": "s"}) == closed(n=INT)
