"""Every attack on the environments, made inside the real one: what it was seen to do, and that the REPL serves on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from repl_harness import Bench, MakeBench, benches, container_exists, is_running

from attacks.cases import cases
from attacks.making import OPTIONS, make_the_attack
from attacks.table import REPL, Attack


@contextmanager
def opened_benches(environment: str) -> Iterator[MakeBench]:
    """Cleaned up after a failure too."""
    benches_of = benches(environment)
    try:
        yield next(benches_of)
    finally:
        next(benches_of, None)


@pytest.fixture(scope="module")
def shared(targets: dict[str, Any]) -> Iterator[Callable[[str], Bench]]:
    """One REPL of each environment for all that leaves nothing to the REPL, which ends after them as after any."""
    opened: dict[str, Bench] = {}
    with ExitStack() as stack:

        def of(environment: str) -> Bench:
            if environment not in opened:
                make = stack.enter_context(opened_benches(environment))
                opened[environment] = make(options=OPTIONS[environment], context_payload=targets)
            return opened[environment]

        yield of
    assert "docker" not in opened or not container_exists(opened["docker"].container)


@pytest.mark.slow
@pytest.mark.parametrize(("environment", "attack"), cases(in_runs=False))
def test_attack(environment: str, attack: Attack, shared: Callable[[str], Bench], targets: dict[str, Any]) -> None:
    if attack.own != REPL:
        make_the_attack(shared(environment), environment, attack)
        return
    with opened_benches(environment) as make:
        options = {**OPTIONS[environment], **attack.options}
        bench = make(options=options, context_payload=targets)
        printed = make_the_attack(bench, environment, attack)
    if environment == "docker":
        assert not container_exists(bench.container)
    else:
        assert [pid for pid in re.findall(r"^pid (\d+)$", printed, re.MULTILINE) if is_running(int(pid))] == []
