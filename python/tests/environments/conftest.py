from __future__ import annotations

from collections.abc import Iterator

import pytest
from needs import DOCKER, KINDS
from repl_harness import ADDRESS, Bench, MakeBench, benches

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


@pytest.fixture(params=[DOCKER])
def make_docker(request: pytest.FixtureRequest) -> Iterator[MakeBench]:
    yield from benches(request.param)


@pytest.fixture
def run(make: MakeBench) -> Bench:
    """A fresh REPL of each kind; call it with code."""
    return make()


@pytest.fixture(scope="module", params=KINDS)
def one_per_module(request: pytest.FixtureRequest) -> Iterator[Bench]:
    for make in benches(request.param):
        yield make()


@pytest.fixture
def shared(one_per_module: Bench) -> Bench:
    """A REPL of each kind that the module's tests share: for tables whose rows use names of their own."""
    one_per_module.repl.update_handler_address(ADDRESS)
    return one_per_module
