"""JSON Schema from untrusted code: what it checks, what it refuses, and that nothing makes it fetch or hang."""

from __future__ import annotations

import json
import random
import socket
import threading
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from rlm_worker.answers import json_schema
from rlm_worker.answers.json_schema import (
    MAX_PROBLEM_CHARS,
    MAX_PROBLEMS,
    BadSchema,
    CheckTooSlow,
    JsonSchema,
    cpu_limit,
)
from rlm_worker.answers.linear_patterns import MAX_TEXT_CHARS, PatternRefused, check_pattern, matches


def problems(schema: Any, value: Any, cpu_s: float = 60) -> list[str]:
    with cpu_limit(cpu_s):
        return JsonSchema(json.dumps(schema)).problems(value)


FITS: list[tuple[Any, Any]] = [
    ({}, {"a": [1]}),
    ({"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "string"}, "x"),
    ({"$schema": "http://json-schema.org/draft-07/schema#", "type": "string"}, "x"),
    ({"type": "integer"}, 1.0),
    ({"enum": [1, "a"]}, "a"),
    ({"prefixItems": [{"type": "string"}], "items": False}, ["a"]),
    ({"$id": "http://[", "type": "string"}, "x"),
    ({"$defs": {"t": {"items": {"$ref": "#/$defs/t"}, "type": "array"}}, "$ref": "#/$defs/t"}, [[], [[]]]),
    ({"$id": "https://example.com/a", "$ref": "#/$defs/t", "$defs": {"t": {"type": "null"}}}, None),
    ({"pattern": r"^\d{4}-\d\d$"}, "2024-01"),
    ({"propertyNames": {"pattern": "^x-"}}, {"x-a": 1}),
    ({"properties": {"pattern": {"type": "integer"}, "$ref": {"type": "integer"}}}, {"pattern": 1, "$ref": 2}),
    ({"uniqueItems": True}, [1, True, "1", [1], [True], {"a": 1}, {"a": True}, None, 0, False]),
    ({"uniqueItems": False}, [1, 1]),
    ({"format": "unheard-of"}, "anything"),
    ({"format": "date"}, 5),
]

UNFIT: list[tuple[Any, Any, str]] = [
    ({"type": "integer"}, True, "$: True is not of type 'integer'"),
    ({"properties": {"a": {"items": {"minimum": 0}}}}, {"a": [0, -1]}, "$.a[1]: -1 is less than the minimum of 0"),
    ({"anyOf": [{"type": "null"}, {"type": "object", "required": ["k"]}]}, {}, "$: 'k' is a required property"),
    ({"additionalProperties": False}, {"a": 1}, "$: Additional properties are not allowed ('a' was unexpected)"),
    ({"pattern": "^a"}, "ba", "$: 'ba' does not match '^a'"),
    ({"propertyNames": {"pattern": "^x-"}}, {"a": 1}, "$: 'a' does not match '^x-'"),
    ({"uniqueItems": True}, [{"a": 1}, {"a": 1.0}], "$: the items are not unique"),
    ({"$ref": "#"}, 1, "$: it cannot be checked (RecursionError)"),
    ({"multipleOf": 0.1}, 10**400, "$: it cannot be checked (OverflowError)"),
]

FORMATS: dict[str, tuple[list[str], list[str]]] = {
    "date": (["2024-02-29"], ["2023-02-29", "2024-2-1", "20240201", "2024-02-01T00:00:00Z", ""]),
    "time": (["03:04:05Z", "03:04:05.25+01:00"], ["03:04:05", "25:00:00Z", "3:04:05Z"]),
    "date-time": (["2024-02-29T03:04:05Z", "2024-02-29t03:04:05.123-05:30"], ["2024-02-29T03:04:05", "2024-02-29"]),
    "duration": (["P1D", "PT1.5S", "P1Y2M3DT4H"], ["P", "1D", "PT"]),
    "email": (["a@b.c", "a.b+c@localhost"], ["a", "a@", "a@b@c", "a b@c"]),
    "hostname": (["a.b-c.d", "localhost"], ["-a", "a..b", "a_b", "a" * 64]),
    "ipv4": (["127.0.0.1"], ["256.0.0.1", "1.2.3", "::1"]),
    "ipv6": (["::1", "2001:db8::8a2e"], ["1.2.3.4", "g::", ":::"]),
    "uri": (["https://a.b/c?d#e", "urn:x:y"], ["a/b", "https://a b", ""]),
    "uuid": (["00000000-0000-0000-0000-00000000000a"], ["0" * 32, "x"]),
    "regex": (["^a+$"], ["(", "(?=a)"]),
}

SLOWLY = "patterns that take long to compile"
REFUSED: dict[str, tuple[Any, str]] = {
    "a list": ([], "not an object"),
    "a bool": (True, "not an object"),
    "an unknown type": ({"type": "text"}, "$.type: 'text' is not valid"),
    "an id that is no text": ({"$id": 1}, "$['$id']: 1 is not of type 'string'"),
    "a deep fault": ({"properties": {"a": {"minimum": "0"}}}, "$.properties.a.minimum: '0' is not of type 'number'"),
    "a remote reference": ({"items": {"$ref": "https://example.com/schema"}}, "is not followed"),
    "a file": ({"items": {"$ref": "file:///etc/passwd"}}, "is not followed"),
    "a relative reference": ({"items": {"$ref": "other.json#/a"}}, "is not followed"),
    "a dynamic one": ({"items": {"$dynamicRef": "#x"}}, "$dynamicRef is not supported"),
    "one in what looks like data": ({"default": {"$ref": "https://example.com/"}}, "is not followed"),
    "an anchor": ({"$ref": "#here", "$defs": {"t": {"$anchor": "here"}}}, "is not followed"),
    "one into a list by name": ({"$ref": "#/allOf/x", "allOf": [{}]}, "leads nowhere"),
    "one to nowhere": ({"$ref": "#/$defs/a"}, "leads nowhere"),
    "another base": ({"items": {"$id": "https://example.com/"}}, "belong at its top only"),
    "another draft within": ({"items": {"$schema": "http://json-schema.org/draft-04/schema#"}}, "belong at its top"),
    "patternProperties": ({"patternProperties": {"a": {}}}, "use propertyNames"),
    "patternProperties in data": ({"default": {"patternProperties": {"(a+)+$": {}}}}, "use propertyNames"),
    "look-ahead": ({"pattern": "(?=a)"}, "look-around"),
    "a back-reference": ({"pattern": r"(a)\1"}, "backreferences are not supported"),
    "a pattern that explodes": ({"pattern": r"((\w{100}){100}){100}"}, "size limit"),
    "too long": ({"description": "x" * 100_000}, "the limit is 100,000"),
    SLOWLY: (
        {"allOf": [{"pattern": rf"\w{{100}}{n}"} for n in range(2000)]},
        "takes too long to check",
    ),
    "what is compared pair by pair": ({"type": [{"a": n} for n in range(3000)]}, "$.type[0]: "),
    "too deep": (json.loads('{"not":' * 400 + "{}" + "}" * 400), "cannot be checked"),
}


@pytest.mark.parametrize(("schema", "value"), FITS)
def test_fits(schema: Any, value: Any) -> None:
    assert problems(schema, value) == []


@pytest.mark.parametrize(("schema", "value", "problem"), UNFIT)
def test_does_not_fit(schema: Any, value: Any, problem: str) -> None:
    assert problems(schema, value) == [problem]


@pytest.mark.parametrize("name", FORMATS)
def test_formats(name: str) -> None:
    right, wrong = FORMATS[name]
    assert [text for text in right if problems({"format": name}, text)] == []
    assert [text for text in wrong if not problems({"format": name}, text)] == []


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    schema, reason = REFUSED[name]
    seconds = 0.1 if name == SLOWLY else 0.5  # in place of several
    monkeypatch.setattr(json_schema, "cpu_limit", lambda: cpu_limit(seconds))
    with pytest.raises(BadSchema) as refused:
        JsonSchema(json.dumps(schema))
    assert reason in str(refused.value)
    assert len(str(refused.value)) < 1000


@pytest.mark.parametrize("text", ["", "{", '{"minimum": NaN}', '{"minimum": ' + "9" * 5000 + "}", "[" * 100_000])
def test_refuses_what_is_no_json(text: str) -> None:
    with pytest.raises(BadSchema):
        JsonSchema(text)


def test_a_reference_is_never_fetched() -> None:
    """A server that counts connections is named by every kind of reference, and sees none."""
    seen: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: seen.append(_accepted(server)), daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/schema"
        for schema in ({"$ref": url}, {"$id": url, "$ref": "other"}, {"$dynamicRef": f"{url}#a"}):
            with pytest.raises(BadSchema):
                JsonSchema(json.dumps(schema))
        for schema in ({"$schema": url}, {"$id": url}, {"$id": url, "$ref": "#"}):
            problems(schema, 1)
        socket.create_connection(server.getsockname()).close()
        while not seen:
            threading.Event().wait(0.01)
        assert seen == ["ours"]


def _accepted(server: socket.socket) -> str:
    connection, _ = server.accept()
    with connection:
        return "ours" if connection.recv(1) == b"" else "a request"


def doubling(levels: int, **beside: Any) -> dict[str, Any]:
    defs = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2, **beside} for n in range(levels)}
    return {"$ref": "#/$defs/d0", "$defs": {**defs, f"d{levels}": {}}}


@pytest.mark.parametrize(
    "schema", [doubling(60), doubling(60, unevaluatedProperties={}), {"not": doubling(60)} | doubling(60)]
)
def test_references_that_multiply_end_in_time(schema: Any) -> None:
    """2 ** 60 checks would not end within the suite's time."""
    with pytest.raises(CheckTooSlow):
        problems(schema, {"a": 1}, cpu_s=0.05)


def test_messages_that_quote_a_large_value_many_times_are_cut() -> None:
    value = ["x" * 1000] * 1000
    [problem] = problems({"anyOf": [{"type": "string"}] * 50}, value)
    assert len(problem) < 2 * MAX_PROBLEM_CHARS + 20


def test_the_problems_of_a_value_are_bounded() -> None:
    assert len(problems({"items": {"type": "string"}}, list(range(1000)))) == MAX_PROBLEMS


def test_unique_items_of_many_objects_are_not_compared_with_each_other() -> None:
    """30,000 objects have 450 million pairs."""
    assert problems({"uniqueItems": True}, [{"a": n} for n in range(30_000)]) == []


def test_without_a_limit_nothing_is_checked() -> None:
    with pytest.raises(CheckTooSlow):
        JsonSchema('{"type": "string"}').problems("x")


@pytest.mark.parametrize("pattern", ["(a+)+$", "^(a|a)*$", "(.*)*x$", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_patterns_that_take_python_forever(pattern: str) -> None:
    assert not matches(pattern, "a" * 50_000 + "!")


def test_patterns_search_and_are_refused_in_words() -> None:
    assert matches("b", "abc") and not matches("^b", "abc") and matches("", "")
    assert not matches("", "x" * (MAX_TEXT_CHARS + 1))
    with pytest.raises(PatternRefused, match="is not supported"):
        check_pattern("[")


@pytest.mark.slow
def test_no_schema_and_no_value_raises_anything_else() -> None:
    dice = random.Random(4)
    keywords = [*Draft202012Validator.VALIDATORS, "$id", "$schema", "$defs", "$anchor", "definitions", "default"]
    texts = ["#", "#/$defs/a", "#/a/0", "string", "object", "date", "regex", "(", "", "a", "http://[", "\ud800"]

    def part(levels: int) -> Any:
        kind = dice.randrange(9 if levels else 6)
        if kind == 6:
            return [part(levels - 1) for _ in range(dice.randrange(3))]
        if kind > 6:
            return {dice.choice([*keywords, "a"]): part(levels - 1) for _ in range(dice.randrange(4))}
        return [True, dice.choice(texts), dice.randrange(-2, 9), 10**400, 0.5, None][kind]

    fitting = 0
    for _ in range(1_000):
        schema = {dice.choice(keywords): part(3) for _ in range(dice.randrange(3))}
        try:
            fitting += not problems(schema, part(3), cpu_s=60)
        except BadSchema:
            continue
    assert fitting > 0
