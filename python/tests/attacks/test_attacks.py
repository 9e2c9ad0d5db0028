"""Every attack on the environments, made inside the real one: what it was seen to do, and that the REPL serves on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from repl_harness import Bench, MakeBench, benches, container_exists, is_running

from attacks.cases import cases
from attacks.table import Attack

OPTIONS: dict[str, dict[str, Any]] = {
    "docker": {"memoryMb": 256, "pidsLimit": 64, "tmpfsMb": 16, "openFiles": 256, "cellTimeoutMs": 60_000},
    "landlock": {"memoryMb": 512, "pidsLimit": 64, "fileSizeMb": 4, "openFiles": 256, "cellTimeoutMs": 60_000},
    "local": {"memoryMb": 512, "fileSizeMb": 4, "openFiles": 256, "cellTimeoutMs": 60_000},
}
STILL_SERVES = """
answer = {"content": "", "ready": False}
answer["content"] = f"{6 * 7} {llm_query('alive?')} {'port' in context}"
"""
SERVED = "42 echo:alive? True"


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
    """One REPL of each environment for all that leaves nothing behind."""
    opened: dict[str, Bench] = {}
    with ExitStack() as stack:

        def of(environment: str) -> Bench:
            if environment not in opened:
                make = stack.enter_context(opened_benches(environment))
                opened[environment] = make(options=OPTIONS[environment], context_payload=targets)
            return opened[environment]

        yield of


@pytest.mark.slow
@pytest.mark.parametrize(("environment", "attack"), cases(in_runs=False))
def test_attack(environment: str, attack: Attack, shared: Callable[[str], Bench], targets: dict[str, Any]) -> None:
    if not attack.own:
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


def make_the_attack(bench: Bench, environment: str, attack: Attack) -> str:
    """What it printed. Asserts what it was seen to do, what it asked for, and that the next code block runs."""
    observed = attack.observed(environment)
    assert observed is not None
    before = len(bench.router.asked)
    result = bench(attack.source)
    observed.check(result.status, result.stdout, result.stderr, result.final_answer)
    assert len(bench.router.asked) == before + attack.asked
    after = bench.patiently(STILL_SERVES)
    assert after.status == attack.next_status, after.stderr
    if attack.next_status == "ok":
        assert bench.router.asked[-1][0] == ["alive?"]
        # And not its output, in which a late thread may shout.
        assert bench.repl.answer_content in {SERVED, attack.overwrites or SERVED}
        assert after.stderr == ""
    return result.stdout
