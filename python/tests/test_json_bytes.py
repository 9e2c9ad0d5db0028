"""JSON is the same by the quick way and by the standard one, whatever the value or the text."""

from __future__ import annotations

import json
import random
import string
from typing import Any

import pytest

from rlm_worker.json_bytes import finite, from_json, to_json, to_json_bytes

CHARACTERS = string.printable + '\u2028\u00e9\u00ff\uffff\U0001f600\x00\x1f\x7f"\\/'
ODD = ["\ud800", "\udfff lone", "\ud83d\ude00", "\x00"]
NUMBERS = [0, -1, 2**53, 2**63 - 1, 2**64 - 1, 2**64, -(2**70), 0.1, 1e300, 5e-324, -0.0, 1e16, 1e-7]
BEYOND = [float("nan"), float("inf"), float("-inf")]


def value(dice: random.Random, levels: int = 4) -> Any:
    kind = dice.randrange(9 if levels else 6)
    if kind == 0:
        return dice.choice([None, True, False])
    if kind == 1:
        return dice.choice(NUMBERS)
    if kind == 2:
        return dice.choice(BEYOND) if dice.random() < 0.2 else dice.random() * 10 ** dice.randrange(-20, 20)
    if kind in (3, 4, 5):
        return text(dice)
    if kind == 6:
        return tuple(value(dice, levels - 1) for _ in range(dice.randrange(3)))
    if kind == 7:
        return [value(dice, levels - 1) for _ in range(dice.randrange(4))]
    name = (lambda: dice.choice([1, None, True, 2.5])) if dice.random() < 0.05 else lambda: text(dice)
    return {name(): value(dice, levels - 1) for _ in range(dice.randrange(4))}


def text(dice: random.Random) -> str:
    odd = dice.choice(ODD) if dice.random() < 0.1 else ""
    return odd + "".join(dice.choice(CHARACTERS) for _ in range(dice.randrange(12)))


@pytest.mark.parametrize("seed", range(10))
def test_what_is_written_says_the_same(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(400):
        one = value(dice)
        written = to_json_bytes(one)
        assert b"\n" not in written
        assert exactly(json.loads(written)) == exactly(json.loads(to_json(one)))


@pytest.mark.parametrize("seed", range(10))
def test_what_is_read_is_the_same(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(400):
        said = json.dumps(value(dice), ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")
        if dice.random() < 0.5:  # broken somewhere
            at = dice.randrange(len(said) + 1)
            said = (
                said[:at] + bytes(dice.choice([[], [dice.randrange(256)], [34], [0xED, 0xA0, 0x80]])) + said[at + 1 :]
            )
        assert read(from_json, said) == read(lambda data: json.loads(data.decode("utf-8", "replace")), said)


def test_values_of_many_levels_are_written() -> None:
    deep: Any = []
    for _ in range(500):
        deep = [deep]
    assert to_json_bytes(deep) == b"[" * 501 + b"]" * 501


def test_what_no_json_has_is_refused_either_way() -> None:
    for one in ({1, 2}, b"bytes", object()):
        with pytest.raises(TypeError):
            to_json_bytes(one)


def test_what_json_lacks_becomes_null_and_surrogates_are_escaped() -> None:
    lacking = {"a": [float("nan"), 1.5], "b": float("inf"), "c": "\ud800"}
    assert to_json(lacking) == '{"a":[null,1.5],"b":null,"c":"\\ud800"}'
    assert to_json_bytes(lacking) == to_json(lacking).encode()
    assert finite((float("-inf"), 2)) == [None, 2]


def read(reader: Any, data: bytes) -> Any:
    try:
        return exactly(reader(data))
    except ValueError:
        return ValueError


def exactly(one: Any) -> str:
    """With types and order; a whole number beyond 64 bits as the float that it is read as."""
    if isinstance(one, dict):
        return "{" + ", ".join(f"{name!r}: {exactly(item)}" for name, item in one.items()) + "}"
    if isinstance(one, list):
        return "[" + ", ".join(map(exactly, one)) + "]"
    if isinstance(one, int) and not isinstance(one, bool) and not -(2**63) <= one < 2**64:
        return repr(float(one))
    return repr(one)
