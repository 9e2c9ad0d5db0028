"""JSON that is read as it comes has the value, and the faults, of JSON that is read at once."""

from __future__ import annotations

import json
import random
import tracemalloc
from typing import Any

import pytest

from rlm_worker.kernel.growing_json import GrowingJson

DOCUMENTS = [
    "[]",
    " { } ",
    '[1, -2.5, 1.5e10, 1e-7, true, false, null, NaN, Infinity, -Infinity, "", "a"]',
    '["\\u00e9\\ud83d\\ude00\\n\\"\\\\", "\\ud800 alone", "\\udc00", "é😀"]',
    '{"a": {"b": [{}, [], [[]]], "c": "d"}, "a": 1, "b" : [ 1 , 2 ] }',
    '\n[\n  1,\n  {\n    "a": "},{"\n  }\n]\n',
    '"text"',
    "12",
    "1.5e3",
]
BROKEN = [
    "",
    " ",
    "[",
    "[1",
    "[1,",
    "[1 2]",
    "[,1]",
    '{"a"',
    '{"a" 1}',
    '{"a":}',
    "{1: 2}",
    '{"a": 1,}',
    "[1]]",
    "[1] x",
    "nul",
    "[nul]",
    "[xyz, 1234567890123]",
    '["a',
    '["\\x12345678901234"]',
    '["\\u12',
    '["a\nb"]',
    "\n\n[1,\n2,\n  ?]",
]


def read(text: str, cut: int) -> Any:
    growing = GrowingJson()
    for at in range(0, len(text), cut):
        growing.add(text[at : at + cut])
    return growing.take()


@pytest.mark.parametrize("cut", [1, 2, 3, 5, 1000])
@pytest.mark.parametrize("text", DOCUMENTS)
def test_a_document_has_its_value_wherever_it_is_cut(text: str, cut: int) -> None:
    assert repr(read(text, cut)) == repr(json.loads(text))


@pytest.mark.parametrize("cut", [1, 3, 1000])
@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_json_is_refused_wherever_it_is_cut(text: str, cut: int) -> None:
    with pytest.raises(ValueError):
        json.loads(text)
    with pytest.raises(ValueError):
        read(text, cut)


@pytest.mark.parametrize("cut", [1, 4, 1000])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": }', "Expecting value: line 1 column 7 (char 6)"),
        ("[1,\n 2\n 3]", "Expecting ',' delimiter: line 3 column 2 (char 8)"),
        ('{"a"\n 1}', "Expecting ':' delimiter: line 2 column 2 (char 6)"),
        ('[\n\n"abc', "Unterminated string starting at: line 3 column 1 (char 3)"),
        ("[1] x", "Extra data: line 1 column 5 (char 4)"),
    ],
)
def test_a_fault_is_told_as_the_standard_library_does_and_where_it_is(text: str, said: str, cut: int) -> None:
    with pytest.raises(ValueError) as standard:
        json.loads(text)
    with pytest.raises(ValueError) as ours:
        read(text, cut)
    assert (str(ours.value), str(standard.value)) == (said, said)


@pytest.mark.parametrize("seed", range(12))
def test_large_documents_of_every_kind(seed: int) -> None:
    dice = random.Random(seed)
    value = [made(dice, 4) for _ in range(300)] if seed % 2 else {f"{n}": made(dice, 4) for n in range(300)}
    text = json.dumps(value, ensure_ascii=bool(seed % 3), indent=dice.choice([None, 1]))
    for cut in (dice.randrange(1, 50), dice.randrange(1000, 20_000), len(text)):
        assert repr(read(text, cut)) == repr(json.loads(text))


def test_names_that_many_objects_have_are_there_once() -> None:
    text = json.dumps([{"identifier": n, "title": f"{n}, or {{"} for n in range(5000)])
    value = read(text, 1 << 16)
    assert value == json.loads(text)
    assert len({id(name) for item in value for name in item}) < 1000


@pytest.mark.parametrize("texts", [1, 2000])
def test_a_text_and_its_value_are_not_there_together(texts: int) -> None:
    document = json.dumps(["x" * (20_000_000 // texts)] * texts)
    pieces = [document[at : at + (1 << 18)] for at in range(0, len(document), 1 << 18)]
    tracemalloc.start()
    growing = GrowingJson()
    for piece in pieces:
        growing.add(piece)
    value = growing.take()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(map(len, value)) == 20_000_000
    assert most < 1.1 * len(document)


def made(dice: random.Random, levels: int) -> Any:
    kind = dice.randrange(6 if levels else 4)
    if kind == 0:
        return dice.choice([None, True, False, 0, -1, 1.5, 1e300, 5e-324, 10**30])
    if kind < 4:
        return "".join(dice.choice('ab ,]}{["\\\n/é\ud800\U0001f600\x1f') for _ in range(dice.choice([0, 3, 10, 200])))
    if kind == 4:
        return [made(dice, levels - 1) for _ in range(dice.randrange(5))]
    return {f"{dice.randrange(9)}{dice.choice(',}]')}": made(dice, levels - 1) for _ in range(dice.randrange(5))}
