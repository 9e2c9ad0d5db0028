"""The documents of JSON contexts, however the file is written and wherever it is cut into chunks."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from rlm_worker.coverage.json_texts import json_entries

VALUES: list[Any] = [
    [],
    {},
    ["", "a", 'quotes " and \\ backslashes \\\\" \n\r\t\b\f/', "é日本語😀", "\u2028\x00\x7f"],
    {"": "", "a b": "c", "ключ": "значение", 'key "quoted"': "x"},
    {"number": 12, "float": -1.5e-7, "true": True, "null": None, "list": [1, [2, {"three": "é"}]], "dict": {"a": []}},
    {"long": "x\n" * 5_000, "deep": [[[[[{"a": "b"}]]]]], "after": "y"},
]


def entries(data: bytes, sizes: int, random: Random) -> list[tuple[str, bool, str]]:
    cuts = sorted(random.sample(range(1, len(data)), min(len(data) - 1, sizes)))
    chunks = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    return [(entry.name, entry.is_text, "".join(entry.pieces)) for entry in json_entries(chunks)]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("cuts", [0, 5, 10_000])
def test_as_json_loads_reads_it(value: Any, ascii_only: bool, indent: int | None, cuts: int) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    named = value.items() if isinstance(value, dict) else ((str(place), item) for place, item in enumerate(value))
    expected = [
        (name, isinstance(item, str), item if isinstance(item, str) else json.dumps(item, ensure_ascii=False))
        for name, item in named
    ]
    assert entries(data, cuts, Random(cuts)) == expected


@pytest.mark.parametrize("data", [b"[", b'["a', b'{"a" 1}', b'["a" "b"]', b"12", b'["a\\', b'{"a": tru}'])
def test_what_is_not_json_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError):
        entries(data, 0, Random(0))


def test_what_goes_on_behind_a_cut_is_read_as_one() -> None:
    """An exponent, and the second half of a character behind the half of another."""
    data = b'[1.5e10, -2e+7, 3, "\\ud800\\ud83d\\ude00", "\\ud83d\\ude00"]'
    whole = [(entry.name, "".join(entry.pieces)) for entry in json_entries([data])]
    assert [text for _, text in whole] == ["15000000000.0", "-20000000.0", "3", "\ud800\U0001f600", "\U0001f600"]
    for cut in range(1, len(data)):
        assert [(entry.name, "".join(entry.pieces)) for entry in json_entries([data[:cut], data[cut:]])] == whole
