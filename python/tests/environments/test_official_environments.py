"""The official library's other environments: options passed through, and a missing extra named."""

from __future__ import annotations

from typing import Any

import pytest
from repl_harness import MakeBench

from rlm_worker.environments import official
from rlm_worker.errors import EnvironmentFailure


@pytest.mark.parametrize("kind", ["ipython", "modal", "prime", "daytona", "e2b"])
def test_a_missing_extra_is_named(make_local: MakeBench, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setitem(official.REQUIRED_MODULES, kind, ("no_such_module_here",))
    with pytest.raises(EnvironmentFailure, match=rf"rlm-worker\[{kind}\]") as failure:
        make_local(environment=kind)
    assert failure.value.code == "environment_extra_missing"


def test_options_become_keyword_arguments_and_the_loops_own_win(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setitem(official.REQUIRED_MODULES, "modal", ())
    monkeypatch.setattr(official, "get_environment", lambda kind, arguments: seen.append((kind, arguments)))
    official.create_official("modal", {"depth": 1}, {"appName": "x", "timeout": 5, "autoStopInterval": 2, "depth": 9})
    assert seen == [("modal", {"app_name": "x", "timeout": 5, "auto_stop_interval": 2, "depth": 1})]


def test_a_start_that_fails_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(official.REQUIRED_MODULES, "e2b", ())

    def refuse(kind: str, arguments: dict[str, Any]) -> None:
        raise TypeError("unexpected keyword argument 'imgae'")

    monkeypatch.setattr(official, "get_environment", refuse)
    with pytest.raises(EnvironmentFailure, match="'e2b' did not start: TypeError: unexpected keyword") as failure:
        official.create_official("e2b", {}, {"imgae": "x"})
    assert failure.value.code == "environment_start_failed"


def test_an_unknown_environment(make_local: MakeBench) -> None:
    with pytest.raises(EnvironmentFailure, match="unknown environment 'cloud'"):
        make_local(environment="cloud")
