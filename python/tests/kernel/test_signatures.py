"""Signatures of host tools, from their JSON Schemas."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, defaultdict, namedtuple
from enum import IntEnum, StrEnum
from typing import Any

import pytest

from rlm_worker.kernel.json_values import MAX_LEVELS, MAX_WHOLE, is_json_value, to_json_value
from rlm_worker.kernel.signatures import left_out, signature, type_text

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}


def shown(properties: dict[str, Any], required: list[str] | None = None, returns: Any = None, **more: Any) -> str:
    return str(signature({"type": "object", "properties": properties, "required": required or [], **more}, returns))


def test_required_ones_come_first_each_in_the_order_of_the_schema() -> None:
    properties = {"limit": {**WHOLE, "default": 10}, "b": TEXT, "a": TEXT, "page": WHOLE}
    assert shown(properties, ["a", "b"]) == "(b: str, a: str, limit: int = 10, page: int = None)"


def test_what_is_required_and_not_described_is_a_parameter_too() -> None:
    assert shown({"a": TEXT}, ["b"]) == "(b: Any, a: str = None)"


def test_nothing_to_give() -> None:
    assert shown({}) == "()"
    assert str(signature({}, {"type": "null"})) == "() -> None"


def test_names_that_are_no_python_names_go_by_name() -> None:
    properties = {"a": TEXT, "user-id": TEXT, "class": TEXT, "more": TEXT}
    signed = signature({"properties": properties, "required": list(properties)}, None)
    assert str(signed) == "(a: str, more: str, **more_)"
    bound = signed.bind("1", more="2", **{"user-id": "3", "class": "4"})
    assert bound.kwargs == {"user-id": "3", "class": "4"}


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"additionalProperties": False}, "(a: str = None)"),
        ({"additionalProperties": True}, "(a: str = None, **more)"),
        ({"additionalProperties": WHOLE}, "(a: str = None, **more)"),
        ({"patternProperties": {"^x": WHOLE}}, "(a: str = None, **more)"),
    ],
)
def test_more_arguments_where_the_schema_says_so(more: dict[str, Any], text: str) -> None:
    assert shown({"a": TEXT}, **more) == text


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        (TEXT, "str"),
        ({"type": "number"}, "float"),
        ({"type": "boolean"}, "bool"),
        ({"type": "null"}, "None"),
        ({"type": "array"}, "list"),
        ({"type": "array", "items": {"type": "array", "items": WHOLE}}, "list[list[int]]"),
        ({"type": "object"}, "dict"),
        ({"type": "object", "properties": {"a": TEXT, "b": WHOLE}, "required": ["a"]}, "{'a': str, 'b'?: int}"),
        ({"type": ["string", "null"]}, "str | None"),
        ({"anyOf": [TEXT, WHOLE, TEXT]}, "str | int"),
        ({"oneOf": [TEXT, {"type": "null"}]}, "str | None"),
        ({"enum": ["a", 1, None]}, "'a' | 1 | None"),
        ({"const": "a"}, "'a'"),
        ({"allOf": [TEXT]}, "Any"),
        ({}, "Any"),
        (True, "Any"),
        ({"type": "date"}, "Any"),
        ({"$ref": "#/$defs/x", "$defs": {"x": WHOLE}}, "int"),
        ({"$ref": "#/$defs/none"}, "Any"),
        ({"$ref": "https://example.com"}, "Any"),
        ({"enum": ["x" * 1000]}, "Any"),
    ],
)
def test_types(schema: Any, text: str) -> None:
    assert type_text(schema) == text
    assert shown({"a": schema}, ["a"]).startswith("(a: ")


def test_a_schema_that_holds_itself_ends() -> None:
    tree: dict[str, Any] = {"type": "object", "properties": {"left": {"$ref": "#"}, "id": WHOLE}, "required": ["id"]}
    assert type_text(tree).count("left") < 10
    assert type_text({"$ref": "#"}) == "Any"


def test_none_is_left_out_where_it_stands_for_nothing() -> None:
    parameters = {
        "properties": {
            "needed": TEXT,
            "optional": TEXT,
            "defaulted": {**TEXT, "default": "x"},
            "nullable": {"anyOf": [TEXT, {"type": "null"}]},
            "anything": {},
        },
        "required": ["needed"],
    }
    given = dict.fromkeys([*parameters["properties"], "unknown"])
    assert left_out(parameters, given).keys() == given.keys() - {"optional"}
    assert left_out(parameters, {"optional": 0}) == {"optional": 0}


class Colour(StrEnum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


Point = namedtuple("Point", ["x", "y"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, (2,)), [1, [2]]),
        (OrderedDict(a=1), {"a": 1}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (defaultdict(list, a=[]), {"a": []}),
        (Point(1, 2), [1, 2]),
        ([Colour.RED, Level.HIGH], ["red", 3]),
        ([True, None, 1.5, "x\ud800", MAX_WHOLE, -MAX_WHOLE], [True, None, 1.5, "x\ud800", MAX_WHOLE, -MAX_WHOLE]),
    ],
)
def test_what_becomes_json(value: Any, expected: Any) -> None:
    made = to_json_value(value)
    assert made == expected and is_json_value(made)
    assert repr(made) == repr(expected)  # and the types are the plain ones


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        ({1, 2}, TypeError, "a set is no JSON value"),
        (b"x", TypeError, "a bytes is no JSON value"),
        (object(), TypeError, "a object is no JSON value"),
        (1j, TypeError, "a complex"),
        (iter([]), TypeError, "a list_iterator"),
        ({1: "a"}, TypeError, "a int as the key"),
        ({None: "a"}, TypeError, "a NoneType as the key"),
        (math.nan, ValueError, "nan is no JSON number"),
        ([math.inf], ValueError, "inf is no JSON number"),
        (MAX_WHOLE + 1, ValueError, "pass it as text"),
        (-(10**400), ValueError, "pass it as text"),
        ({"a": [{"__proto__": 1}]}, ValueError, "__proto__ is no name that arrives"),
    ],
)
def test_what_does_not(value: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        to_json_value(value)


def nested(levels: int) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


def test_depth() -> None:
    assert to_json_value(nested(MAX_LEVELS)) == nested(MAX_LEVELS)
    assert is_json_value(nested(MAX_LEVELS)) and not is_json_value(nested(MAX_LEVELS + 1))
    assert not is_json_value(nested(200_000))
    circle: list[Any] = []
    circle.append(circle)
    for value in (nested(MAX_LEVELS + 1), nested(200_000), circle):
        with pytest.raises(ValueError, match="within one another"):
            to_json_value(value)


@pytest.mark.parametrize("value", [math.nan, [math.inf], MAX_WHOLE + 1, {"a": [10**400]}, {"a": {"__proto__": 1}}])
def test_what_is_decoded_and_did_not_come_from_the_function(value: Any) -> None:
    assert not is_json_value(value)
