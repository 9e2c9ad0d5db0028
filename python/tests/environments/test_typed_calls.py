"""llm_query and its companions with ``schema=``: values in the REPL, one repair, and errors that are texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from host_model import Message, failed
from repl_harness import Bench, MakeBench, SubCalls, completion
from rlm.core.types import RLMChatCompletion

from rlm_worker.answers.json_schema import cpu_limit
from rlm_worker.environments import typed_calls

pytestmark = pytest.mark.slow

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
}
ADA = '{"name": "Ada", "age": 36}'
PERSON_TEXT = json.dumps(PERSON, separators=(",", ":"))
REQUEST = f"Reply with one JSON value that fits this JSON Schema, and with nothing else:\n\n{PERSON_TEXT}"


@pytest.fixture
def ask(lend: MakeBench) -> Callable[..., tuple[Any, SubCalls]]:
    """Run code in a REPL whose model says these in order, one for each prompt."""

    def ask(code: str, *replies: str | Message) -> tuple[Any, SubCalls]:
        remaining = iter(replies)
        run = lend(model=lambda _: next(remaining))
        return run(f"P = {PERSON!r}\n{code}"), run.router

    return ask


Asker = Callable[..., tuple[Any, SubCalls]]


def batches(router: SubCalls) -> list[list[Any]]:
    return [prompts for prompts, _, _ in router.asked]


def test_values_come_back_in_order_however_they_are_written(ask: Asker) -> None:
    code = "out = llm_query_batched(list('abcd'), schema=P)\nprint(out, [type(one).__name__ for one in out])"
    written = [
        ADA,
        f"Here it is:\n```json\n{ADA}\n```\nBye.",
        "Person(name='Ada', age=36)",
        "{'name': 'Ada', 'age': 36}",
    ]
    result, router = ask(code, *written)
    assert result.stdout == f"{[{'name': 'Ada', 'age': 36}] * 4} ['dict', 'dict', 'dict', 'dict']\n"
    assert batches(router) == [[f"{letter}\n\n{REQUEST}" for letter in "abcd"]]
    assert [call.response for call in result.rlm_calls] == written
    assert result.stderr == ""
    assert [request["schema"] for request in router.model.asked] == [PERSON] * 4


@pytest.mark.parametrize(
    ("schema", "reply", "value"),
    [
        ({"type": "string"}, "Paris\n", "Paris"),
        ({"type": "string"}, '"Paris"', "Paris"),
        ({"type": "string"}, "42", "42"),
        ({"type": ["string", "integer"]}, "42", 42),
        ({"type": "null"}, "None", None),
        ({"type": "boolean"}, "True", True),
        ({"type": "number"}, "```\n2.5\n```", 2.5),
        ({}, "[1, {}]", [1, {}]),
        ({"enum": ["a", "b"]}, "b", "b"),
        ({"type": "array", "items": {"format": "date"}}, "[datetime.date(2024, 1, 2)]", ["2024-01-02"]),
        ({"$ref": "#/$defs/n", "$defs": {"n": {"type": "integer"}}}, "No. {'a': 1}. So: ```7```", "error"),
        ({"type": "object", "required": ["b"]}, 'First {"a": 1}, then {"b": 2}, and {"a": 3}.', {"b": 2}),
    ],
)
def test_the_candidate_that_fits_is_taken(schema: Any, reply: str, value: Any, make_forked: MakeBench) -> None:
    run = make_forked(model=lambda _: reply)
    result = run(f"import json\nprint(json.dumps(llm_query('q', schema={schema!r})))")
    printed = json.loads(result.stdout)
    if value == "error":
        assert printed.startswith("Error: the reply does not fit the schema, nor does its repair: $: ")
    else:
        assert (type(printed), printed) == (type(value), value)


def test_a_reply_that_does_not_fit_is_handed_back_once(ask: Asker) -> None:
    wrong = "```json\n" + '{"name": "Ada", "age": -1}' + "\n```"
    result, router = ask("print(llm_query('who?', schema=P))", wrong, ADA)
    assert result.stdout == "{'name': 'Ada', 'age': 36}\n"
    [[_], [repair]] = batches(router)
    assert repair == [
        {"role": "user", "content": f"who?\n\n{REQUEST}"},
        {"role": "assistant", "content": wrong},
        {
            "role": "user",
            "content": "Your reply does not fit the JSON Schema:\n- $.age: -1 is less than the minimum of 0\n\n"
            "Reply with the corrected JSON value, and with nothing else.",
        },
    ]
    assert [call.response for call in result.rlm_calls] == [wrong, ADA]


def test_a_repair_that_does_not_fit_is_a_text_and_the_last_attempt(ask: Asker) -> None:
    result, router = ask("print(llm_query('who?', schema=P))", "I do not know.", '{"name": "Ada"}')
    assert result.stdout == (
        "Error: the reply does not fit the schema, nor does its repair: $: 'age' is a required property\n"
    )
    assert len(batches(router)) == 2
    assert "- $: the reply holds no JSON value" in batches(router)[1][0][-1]["content"]
    assert [call.response for call in result.rlm_calls] == ["I do not know.", '{"name": "Ada"}']


def test_a_repair_that_fails_says_both(ask: Asker) -> None:
    result, _ = ask("print(llm_query('who?', schema=P))", "no idea", failed("the provider said no"))
    assert result.stdout == (
        "Error: the reply does not fit the schema ($: the reply holds no JSON value), and its repair failed: "
        "the provider said no\n"
    )
    assert [call.response for call in result.rlm_calls] == ["no idea"]


def test_an_empty_reply_of_a_child_is_named_in_the_repair(lend: MakeBench) -> None:
    asked: list[Any] = []

    def child(prompt: Any, model: str | None, schema: Any) -> RLMChatCompletion:
        asked.append(prompt)
        return completion(" \n" if isinstance(prompt, str) else ADA)

    assert lend(subcall_fn=child)(f"print(rlm_query('who?', schema={PERSON!r})['name'])").stdout == "Ada\n"
    assert asked[1][1] == {"role": "assistant", "content": "(an empty reply)"}


def test_a_failed_call_is_not_repaired(ask: Asker) -> None:
    result, router = ask("print(llm_query('who?', schema=P))", failed("the provider said no"))
    assert (result.stdout, len(batches(router))) == ("Error: the provider said no\n", 1)


def test_a_batch_repairs_only_what_does_not_fit_and_all_at_once(lend: MakeBench) -> None:
    def model(request: Message) -> str | Message:
        repairing = len(request["messages"]) > 1
        number = int(request["messages"][0]["content"].split()[0])
        if number % 10 == 0:
            return failed(f"{number} refused")
        if number % 4 == 3 and not (repairing and number % 8 == 7):
            return "no idea"
        return json.dumps({"name": f"n{number}", "age": number})

    run = lend(model=model)
    code = f"out = llm_query_batched([f'{{n}} please' for n in range(40)], schema={PERSON!r})"
    result = run(f"import json\n{code}\nprint(json.dumps(out))")
    out = json.loads(result.stdout)
    for number, value in enumerate(out):
        if number % 10 == 0:
            assert value == f"Error: {number} refused"
        elif number % 8 == 3:
            assert value.startswith("Error: the reply does not fit the schema, nor does its repair")
        else:
            assert value == {"name": f"n{number}", "age": number}
    assert [len(batch) for batch in batches(run.router)] == [40, 10]
    assert len(result.rlm_calls) == 40 - 4 + 10


def test_messages_get_the_schema_where_the_user_speaks_last(ask: Asker) -> None:
    code = """
parts = [{'type': 'text', 'text': 'x'}]
for role, content in [('user', 'x'), ('assistant', 'x'), ('user', parts)]:
    llm_query([{'role': 'system', 'content': 's'}, {'role': role, 'content': content}], schema=P)
"""
    _, router = ask(code, ADA, ADA, ADA)
    system = {"role": "system", "content": "s"}
    added = {"role": "user", "content": REQUEST}
    assert batches(router) == [
        [[system, {"role": "user", "content": f"x\n\n{REQUEST}"}]],
        [[system, {"role": "assistant", "content": "x"}, added]],
        [[system, {"role": "user", "content": [{"type": "text", "text": "x"}]}, added]],
    ]


def test_a_class_with_model_json_schema(ask: Asker) -> None:
    code = """
class Person:
    @classmethod
    def model_json_schema(cls):
        return P
print(llm_query('who?', schema=Person), llm_query_batched(['who?'], schema=Person))
"""
    result, router = ask(code, ADA, ADA)
    assert result.stdout == "{'name': 'Ada', 'age': 36} [{'name': 'Ada', 'age': 36}]\n"
    assert batches(router) == [[f"who?\n\n{REQUEST}"]] * 2


BAD_SCHEMAS = {
    "'text'": "TypeError: it is a dict (JSON Schema), or a class with model_json_schema()",
    "[P]": "TypeError: it is a dict",
    "True": "TypeError: it is a dict",
    "object()": "TypeError: it is a dict",
    "{'type': object()}": "TypeError: Object of type object is not JSON serializable",
    "{(1, 2): 3}": "TypeError: keys must be str",
    "cycle": "ValueError: Circular reference detected",
    "deep": "RecursionError: ",
    "Broken": "ZeroDivisionError: ",
    "{'minimum': float('nan')}": "ValueError: Out of range float values",
    "{'type': 'text'}": "$.type: 'text' is not valid under any of the given schemas",
    "{'description': 'x' * 100_000}": "the limit is 100,000",
    "nested": "$: it cannot be checked (RecursionError)",
    "{'$ref': 'http://127.0.0.1:9/schema'}": "is not followed",
    "{'$ref': '#/$defs/nothing'}": "leads nowhere",
    "{'properties': {'a': {'$schema': 'http://json-schema.org/draft-07/schema#'}}}": "belong at its top only",
    "{'patternProperties': {'(a+)+$': {}}}": "patternProperties is not supported",
    "{'pattern': '(?=a)'}": "is not supported: error: look-around",
    "{'pattern': '('}": "the pattern '(' is not supported",
}
MAKE_BAD = """
cycle = {}
cycle['items'] = cycle
deep = {}
for _ in range(100_000): deep = {'items': deep}
nested = {}
for _ in range(300): nested = {'items': nested}
class Broken:
    @staticmethod
    def model_json_schema(): return 1 / 0
"""


@pytest.mark.parametrize("schema", BAD_SCHEMAS)
def test_a_bad_schema_is_a_text_for_every_prompt_and_asks_nobody(schema: str, shared: Bench) -> None:
    before = len(shared.router.asked)
    result = shared(
        f"{MAKE_BAD}\nP = {{}}\nout = llm_query_batched(['a', 'b'], schema={schema})\n"
        "print(out[0])\nprint(out[0] == out[1])"
    )
    first, same = result.stdout.rsplit("\n", 2)[:2]
    assert first.startswith("Error: the schema cannot be used: "), result
    assert (BAD_SCHEMAS[schema] in first, same) == (True, "True"), first
    assert len(shared.router.asked) == before


def test_an_empty_batch_asks_nobody(shared: Bench) -> None:
    before = len(shared.router.asked)
    assert shared("print(llm_query_batched([], schema={}))").stdout == "[]\n"
    assert len(shared.router.asked) == before


def test_without_a_schema_nothing_changes(shared: Bench) -> None:
    assert shared("print(repr(llm_query('[1]')), llm_query('x', None, None))").stdout == "'echo:[1]' echo:x\n"


def test_many_threads_get_their_own_values(lend: MakeBench) -> None:
    run = lend(model=lambda request: json.dumps({"n": int(request["messages"][0]["content"].split()[0])}))
    code = """
from concurrent.futures import ThreadPoolExecutor
schema = {'type': 'object', 'properties': {'n': {'type': 'integer'}}, 'required': ['n']}
with ThreadPoolExecutor(16) as pool:
    out = list(pool.map(lambda n: llm_query(str(n), schema=schema), range(200)))
print(out == [{'n': n} for n in range(200)])
"""
    result = run(code)
    assert (result.stdout, len(result.rlm_calls)) == ("True\n", 200)


def test_a_large_batch_of_small_values_fits_into_one_message(lend: MakeBench) -> None:
    """As values, and not as texts, their digits and brackets would be over the limit of one frame."""
    numbers = json.dumps(list(range(3000)))
    run = lend(model=lambda _: numbers)
    code = "out = llm_query_batched(['q'] * 80, schema={'type': 'array'})\nprint(out == [list(range(3000))] * 80)"
    assert run(code).stdout == "True\n"


def test_a_child_is_asked_in_the_same_way(lend: MakeBench) -> None:
    asked: list[Any] = []

    def child(prompt: Any, model: str | None, schema: Any) -> RLMChatCompletion:
        assert schema == PERSON
        asked.append(prompt)
        if isinstance(prompt, list):
            return completion(ADA)
        return completion("Error: Budget exhausted" if prompt.startswith("broke") else "no idea")

    result = lend(subcall_fn=child)(
        f"P = {PERSON!r}\nprint(rlm_query('who?', schema=P))\nprint(rlm_query('broke', schema=P))"
    )
    assert result.stdout == "{'name': 'Ada', 'age': 36}\nError: Budget exhausted\n"
    assert [isinstance(prompt, list) for prompt in asked] == [False, True, False]


def test_a_schema_that_multiplies_ends_as_a_text(make_forked: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """2 ** 50 checks: the CPU time is bounded, here to less than by default, and the worker is free again."""
    monkeypatch.setattr(typed_calls, "cpu_limit", lambda: cpu_limit(0.2))
    code = """
defs = {f'd{n}': {'allOf': [{'$ref': f'#/$defs/d{n + 1}'}] * 2} for n in range(50)}
bomb = {'$ref': '#/$defs/d0', '$defs': {**defs, 'd50': {}}}
print(llm_query('q', schema=bomb))
"""
    run = make_forked(model=lambda _: "1")
    result = run(code)
    assert result.stdout == "Error: the reply was not checked: this schema takes too long\n"
    assert [call.response for call in result.rlm_calls] == ["1"]
