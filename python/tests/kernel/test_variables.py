from __future__ import annotations

from typing import Any

import pytest

from rlm_worker.kernel.clock import INTERRUPT_GRACE_S, BlockClock
from rlm_worker.kernel.variables import MAX_SHOWN_CHARS, describe_variables, shorten


class Hostile:
    def __repr__(self) -> str:
        raise SystemExit

    def __getattribute__(self, name: str) -> Any:
        raise SystemExit


class HostileList(list[Any]):
    def __repr__(self) -> str:
        raise SystemExit

    def __iter__(self) -> Any:
        raise SystemExit


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("it's", '"it\'s"'),
        (None, "None"),
        (True, "True"),
        (12, "12"),
        (1.5, "1.5"),
        (2**10_000, "<int of 10001 bits>"),
        ([1, "a", None], "[1, 'a', None]"),
        ((1,), "(1,)"),
        ((), "()"),
        ({"a": [1, [2, [3]]]}, "{'a': [1, <list of 2>]}"),
        ({1}, "{1}"),
        (frozenset({1}), "frozenset({1})"),
        (list(range(100)), "[0, 1, 2, 3, 4, 5, 6, 7, ...]"),
        (len, "<builtin_function_or_method 'len'>"),
        (pytest, "<module 'pytest'>"),
    ],
)
def test_short_texts(value: Any, text: str) -> None:
    assert shorten(value) == text


def test_no_code_of_the_value_is_called() -> None:
    assert shorten([Hostile(), HostileList([1])]) == "[<Hostile object>, <HostileList object>]"


def test_short_texts_are_short() -> None:
    assert len(shorten("x" * 10_000)) == len(shorten(b"x" * 10_000)) == MAX_SHOWN_CHARS
    assert len(shorten({str(i): "y" * 1000 for i in range(1000)})) == MAX_SHOWN_CHARS


def test_which_are_described() -> None:
    namespace: dict[Any, Any] = {"a": 1, "_b": 2, "tool": 3, 4: 5, "h": Hostile(), "n" * 300: ""}
    described = describe_variables(namespace, frozenset({"tool"}))
    assert described == [["a", True, "1"], ["h", False, "<Hostile object>"], ["n" * 200, True, "''"]]
    assert len(describe_variables({f"v{i}": 0 for i in range(5000)}, frozenset())) == 2000


def test_the_clock_stands_still_while_sub_calls_are_waited_for() -> None:
    clock = BlockClock(1, 10.0, now=0.0)
    assert clock.advance(4.0, waiting=False) is None
    assert clock.next_due_s(waiting=False) == 6.0
    assert clock.next_due_s(waiting=True) is None
    assert clock.advance(1000.0, waiting=True) is None
    assert clock.advance(1005.0, waiting=False) is None
    assert clock.advance(1006.0, waiting=False) == "interrupt"
    assert clock.next_due_s(waiting=True) == INTERRUPT_GRACE_S
    assert clock.advance(1007.0, waiting=True) is None
    assert clock.advance(1006.0 + INTERRUPT_GRACE_S, waiting=True) == "kill"
    assert clock.advance(2000.0, waiting=False) is None
