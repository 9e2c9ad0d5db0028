"""What a model's text can be read as: the shapes that models really send, and whatever else they may."""

from __future__ import annotations

import json
import pprint
import random
from dataclasses import make_dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from rlm_worker.answers.candidates.candidates import MAX_CANDIDATES, MAX_CHARS, MAX_LOOSE_CHARS, candidates
from rlm_worker.answers.candidates.literals import MAX_LEVELS


class Color(Enum):
    RED = "red"


class Address(BaseModel):
    city: str
    since: date


class Person(BaseModel):
    name: str
    age: int | None
    color: Color
    share: Decimal
    addresses: list[Address]
    tags: set[str] = {"x"}


ADA = Person(
    name="Ada 'L'",
    age=36,
    color=Color.RED,
    share=Decimal("1.5"),
    addresses=[Address(city='say "hi"', since=date(2024, 1, 2))],
)
ADA_VALUE = {
    "name": "Ada 'L'",
    "age": 36,
    "color": "red",
    "share": 1.5,
    "addresses": [{"city": 'say "hi"', "since": "2024-01-02"}],
    "tags": ["x"],
}

EXACT: dict[str, tuple[str, list[Any]]] = {
    "an object": ('{"a": [1, 2.5, true, null, "é"]}', [{"a": [1, 2.5, True, None, "é"]}]),
    "white space around": ("\n\t [1] \r\n", [[1]]),
    "a number": ("42", [42]),
    "a word": ("true", [True]),
    "a JSON string": ('"Paris"', ["Paris"]),
    "an object in a string": ('"{\\"a\\": 1}"', ['{"a": 1}', {"a": 1}]),
    "a fence": ('```json\n{"a": 1}\n```', [{"a": 1}]),
    "a fence of Python": ("```python\n{'a': None}\n```", [{"a": None}]),
    "a fence with prose around": ('Sure!\n\n```\n{"a": 1}\n```\nHope it helps.', [{"a": 1}]),
    "a scalar in a fence": ("The count:\n```json\n42\n```", [42]),
    "a fence with code in its text": ('{"code": "```json\\n[]\\n```"}', [{"code": "```json\n[]\n```"}]),
    "a fence that is cut": ('```json\n{"a": 1}', [{"a": 1}]),
    "two fences, the last first": ("~~~\n[1]\n~~~\nNo:\n```json\n[2]\n```", [[2], [1]]),
    "prose around": ('I think {"a": {"b": []}} is it.', [{"a": {"b": []}}]),
    "two in prose, the last first": ('first {"a": 1}, no: {"a": 2}', [{"a": 2}, {"a": 1}]),
    "an inner one of a broken one": ('{"a": [1, 2], oops', [[1, 2]]),
    "an apostrophe in prose": ("It's here: {'it': 'isn\\'t'}", [{"it": "isn't"}]),
    "an assignment": ('answer = {"a": (1, 2)}', [{"a": [1, 2]}]),
    "a trailing comma": ('{"a": [1, 2,],}', [{"a": [1, 2]}]),
    "a line break in a string": ('{"a": "b\nc"}', [{"a": "b\nc"}]),
    "Python words": ("[None, True, False]", [[None, True, False]]),
    "None": ("None", [None]),
    "tuples and sets": ("((1,), (), {2}, (3))", [[[1], [], [2], 3]]),
    "keys that are no strings": (
        "{1: 'a', None: 'b', True: 'c', 1.5: 'd'}",
        [{"1": "a", "null": "b", "true": "c", "1.5": "d"}],
    ),
    "strings side by side": ("['a '\n 'b']", [["a b"]]),
    "three quotes": ('[\'\'\'it\'s\n"so"\'\'\', """x"""]', [['it\'s\n"so"', "x"]]),
    "escapes": (r"['\x41\u00e9\U0001F600\101\n\d\/']", [["Aé😀A\n\\d/"]]),
    "surrogates": ('["\\ud83d\\ude00 \\ud83d"]', [["😀 \ufffd"]]),
    "surrogates in a repr": ("['\\ud83d\\ude00 \\ud83d']", [["😀 \ufffd"]]),
    "numpy": ("[np.float64(2.5), np.int64(3), array([1, 2])]", [[2.5, 3, [1, 2]]]),
    "a class path": ("app.models.Person(name='Ada')", [{"name": "Ada"}]),
    "a UUID and a path": (repr([UUID(int=1)]) + " or PosixPath('/a')", [["00000000-0000-0000-0000-000000000001"]]),
    "pairs": ("name='Ada' age=36", [{"name": "Ada", "age": 36}]),
    "dates": (
        repr([date(2024, 1, 2), datetime(2024, 1, 2, 3, 4, 5, 6), time(3, 4), datetime(2024, 1, 2, tzinfo=UTC)]),
        [["2024-01-02", "2024-01-02T03:04:05.000006", "03:04:00", "2024-01-02T00:00:00Z"]],
    ),
    "durations": (repr([timedelta(days=1), timedelta(seconds=-1.5)]), [["PT86400S", "-PT1.5S"]]),
    "decimals": ("[Decimal('2'), Decimal('1.5'), Decimal('1E+2')]", [[2, 1.5, 100]]),
    "an enum": ("<Color.RED: 'red'>", ["red"]),
    "a frozenset": (repr({"a": frozenset({1})}), [{"a": [1]}]),
    "empty collections": ("[set(), frozenset(), {}]", [[[], [], {}]]),
}

NOTHING: dict[str, str] = {
    "nothing": "",
    "blanks": " \n",
    "prose": "The answer is Paris, I'm sure.",
    "NaN": "NaN",
    "NaN inside": '{"a": NaN}',
    "infinity": "[Infinity, -Infinity]",
    "an infinite number": '{"a": 1e999}',
    "an infinite number in a repr": "{'a': 1e999}",
    "nan in a repr": "{'a': nan, 'b': inf}",
    "a decimal that is none": "[Decimal('NaN')]",
    "a decimal beyond all numbers": "[Decimal('1E+999999')]",
    "bytes": "[b'a']",
    "a complex number": "[1j]",
    "a zero in front": "[007]",
    "an expression": "[1 + 2]",
    "a call of a method": "['a'.upper()]",
    "a comparison": "dict(a==1)",
    "a format string": "[f'{x}']",
    "a cycle": "[...]",
    "an object without a value": "[<object object at 0x7f>]",
    "a call without arguments": "call main() first",
    "a wrong date": "[datetime.date(2024, 13, 1)]",
    "a date of texts": "[datetime.date('2024', 1, 1)]",
    "a half": '{"a": ',
    "a comma too many": "[,]",
    "a set with a key": "{1, 'a': 2}",
    "a key that is a list": "{(1, 2): 3",
    "too many digits": "[" + "1" * 5000 + "]",
}


@pytest.mark.parametrize("name", EXACT)
def test_reads(name: str) -> None:
    text, expected = EXACT[name]
    found = candidates(text)
    assert found == expected
    assert json.dumps(found) == json.dumps(expected)  # 1 is not True


@pytest.mark.parametrize("name", NOTHING)
def test_reads_nothing(name: str) -> None:
    assert candidates(NOTHING[name]) == []


@pytest.mark.parametrize("written", [repr(ADA), str(ADA), f"I found {ADA!r}.", pprint.pformat(ADA.model_dump())])
def test_reads_a_pydantic_model_however_it_is_printed(written: str) -> None:
    assert candidates(written)[0] == ADA_VALUE


def test_reads_a_dataclass_within_another() -> None:
    point = make_dataclass("Point", ["x", "y"])
    assert candidates(repr(point(point(1, None), [Color.RED]))) == [{"x": {"x": 1, "y": None}, "y": ["red"]}]


def test_never_evaluates() -> None:
    assert candidates("__import__('os').system('true')") == []
    assert candidates("[open('/etc/passwd').read()]") == []
    assert candidates("[print('x')]") == [["x"]]


@pytest.mark.slow
def test_nesting_is_bounded() -> None:
    deepest = "[" * MAX_LEVELS + "]" * MAX_LEVELS
    assert candidates(deepest) == [json.loads(deepest)]
    for text in (f"[{deepest}]", "[" * 10_000 + "]" * 10_000, '{"a":' * 10_000):
        assert all(_levels(value) <= MAX_LEVELS for value in candidates(text))


def test_length_and_number_are_bounded() -> None:
    filler = "x" * MAX_LOOSE_CHARS
    assert candidates(json.dumps([filler])) == [[filler]]
    assert candidates(f'{filler}\n```json\n["{filler}"]\n```') == [[filler]]
    assert candidates(f"['{filler}']") == []
    assert candidates(json.dumps("x" * MAX_CHARS)) == []
    assert candidates(" ".join(f"[{n}]" for n in range(1000)))[0] == [999]
    assert len(candidates(" ".join(f"[{n}]" for n in range(1000)))) == MAX_CANDIDATES


HOSTILE = [
    "[",
    "{",
    "(",
    '{"',
    "{'",
    '["""',
    "f(",
    "f(a=",
    "[1,",
    "[1",
    "<a:",
    "`",
    "```\n",
    "'",
    '"',
    "a.",
    "\\",
    "[ ",
    "-",
    "a=1 ",
]


@pytest.mark.slow
@pytest.mark.parametrize("unit", HOSTILE)
def test_repetition_costs_no_more_than_its_length(unit: str) -> None:
    """Quadratic work over 20,000 characters would not end within the suite's time."""
    candidates(unit * (20_000 // len(unit)))
    candidates("[" + unit * (20_000 // len(unit)))


def test_fences_of_every_length_cost_no_more_than_their_length() -> None:
    candidates("\n".join("`" * ticks for ticks in range(3, 900)))


PROSE = ["Well, it's so:", "as asked.", "Note 3: done!", "He said “no”", "", "a < b, c > d", "50% - or 3/4", "don't;"]


@pytest.mark.parametrize("seed", range(10))
def test_any_value_comes_back_first_however_it_is_wrapped(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(20):
        value = _value(dice, 4)
        for text in _written(dice, value):
            found = candidates(text)
            assert found, text
            assert json.dumps(found[0], sort_keys=True) == json.dumps(value, sort_keys=True), text


def _written(dice: random.Random, value: Any) -> list[str]:
    before, after = dice.choice(PROSE), dice.choice(PROSE)
    dumped = json.dumps(value, ensure_ascii=dice.random() < 0.5, indent=dice.choice([None, 2]))
    written = [dumped, f"```json\n{dumped}\n```", f"{before}\n\n```\n{dumped}\n```\n{after}", repr(value)]
    written += [f"```python\n{value!r}\n```", pprint.pformat(value, width=20, sort_dicts=False)]
    if isinstance(value, dict | list):
        written += [f"{before} {dumped} {after}", f"{before} {value!r} {after}"]
    return written


@pytest.mark.slow
def test_no_text_raises_and_every_candidate_is_json() -> None:
    dice = random.Random(20)
    alphabet = [
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        ":",
        ",",
        '"',
        "'",
        "\\",
        "```",
        "\n",
        " ",
        "a",
        "=",
        "<",
        ">",
        "1",
        "-",
        ".",
    ]
    alphabet += [
        "e",
        "True",
        "null",
        "NaN",
        "Decimal(",
        "date(",
        "timedelta(",
        '"a":',
        "\ud83d",
        "\\u",
        "\\x",
        "é",
        "\0",
        "/*",
    ]
    for _ in range(10_000):
        text = "".join(dice.choices(alphabet, k=dice.randrange(1, 25)))
        for value in candidates(text):
            json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


def _value(dice: random.Random, levels: int) -> Any:
    kind = dice.randrange(8 if levels else 6)
    if kind == 6:
        return [_value(dice, levels - 1) for _ in range(dice.randrange(4))]
    if kind == 7:
        return {_text(dice): _value(dice, levels - 1) for _ in range(dice.randrange(4))}
    return [None, dice.random() < 0.5, dice.randrange(-(10**20), 10**20), dice.uniform(-1e6, 1e6), _text(dice), 1e-7][
        kind
    ]


def _text(dice: random.Random) -> str:
    return "".join(dice.choices("ab \n\t\r'\"\\`{}[]():,é😀\0\u2028/<>", k=dice.randrange(6)))


def _levels(value: Any) -> int:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if items is None else 1 + max(map(_levels, items), default=0)
