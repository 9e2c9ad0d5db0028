from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from needs import DOCKER, KINDS
from repl_harness import NOTHING, Bench, Lender, MakeBench, benches, cleaned_up, no_thread_left

from rlm_worker.environments import kernel_template


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def make(kind: str) -> Iterator[MakeBench]:
    yield from benches(kind)


@pytest.fixture(params=[pytest.param(True, id="forked"), pytest.param(False, id="started")])
def make_local(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeBench]:
    """The same tests for a kernel that is forked from the template, and for one that is started alone."""
    monkeypatch.setattr(kernel_template, "can_fork", lambda: request.param)
    yield from benches("local")


@pytest.fixture
def make_forked() -> Iterator[MakeBench]:
    yield from benches("local")


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """What the worker logs, each message after its level."""
    messages: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(f"{record.levelname} {record.getMessage()}")

    logger, kept = logging.getLogger("rlm_worker"), Kept()
    level = logger.level
    logger.addHandler(kept)
    logger.setLevel(logging.DEBUG)
    yield messages
    logger.setLevel(level)
    logger.removeHandler(kept)


@pytest.fixture(params=[DOCKER])
def make_docker(request: pytest.FixtureRequest) -> Iterator[MakeBench]:
    yield from benches(request.param)


@pytest.fixture(scope="session")
def in_containers() -> Iterator[Lender]:
    """No module leaves a thread, either."""
    with no_thread_left():
        yield from map(Lender, cleaned_up("docker"))


@pytest.fixture(scope="module")
def lenders(in_containers: Lender) -> Iterator[dict[str, Lender]]:
    for local in cleaned_up("local"):
        yield {"docker": in_containers, "local": Lender(local)}


@pytest.fixture
def lend(kind: str, lenders: dict[str, Lender]) -> Iterator[MakeBench]:
    """A REPL of each kind that has run nothing: a fresh one, or in a container that all tests share."""
    if kind == "docker":
        yield lenders[kind]
    else:
        yield from map(_fresh, benches(kind))


def _fresh(make: MakeBench) -> MakeBench:
    return lambda made_with=NOTHING, **changes: make(**made_with, **changes)


@pytest.fixture
def run(lend: MakeBench) -> Bench:
    """Call it with code."""
    return lend()


@pytest.fixture
def shared(kind: str, lenders: dict[str, Lender]) -> Bench:
    """A REPL of each kind that the module's tests share, or all: for tables whose rows use names of their own."""
    return lenders[kind].again()
