"""The texts of a JSON value, wherever in it they stand."""

from __future__ import annotations

from rlm_worker.json_texts import with_texts

VALUE = {"a": ["b", {"c": "d", "n": 1, "none": None, "true": True}], "e": ("f",), "": ""}


def test_every_text_is_changed_wherever_it_stands_and_nothing_else() -> None:
    changed = {"a": ["B", {"c": "D", "n": 1, "none": None, "true": True}], "e": ["F"], "": ""}
    assert with_texts(VALUE, str.upper) == changed
    assert VALUE["a"] == ["b", {"c": "d", "n": 1, "none": None, "true": True}]


def test_names_are_changed_where_that_is_asked_for() -> None:
    assert with_texts({"a": {"b": ["c"]}}, str, str.upper) == {"A": {"B": ["c"]}}
