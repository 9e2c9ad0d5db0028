"""Effects that are kept aside: nobody waits for the host, unless the file is not the host's any more."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from rlm_worker._generated.messages import Aside
from rlm_worker.cancel import StopSignal
from rlm_worker.journal import aside as aside_module
from rlm_worker.journal.appends import Appends
from rlm_worker.journal.aside import EffectsAside
from rlm_worker.wire.host_requests import HostRequests


class SilentHost:
    """Takes requests, and never replies."""

    def __init__(self, path: Path | None) -> None:
        self.requests: list[dict[str, Any]] = []
        stop = StopSignal()
        spec = None if path is None else Aside(path=str(path), life=2)
        self.appends = Appends(HostRequests("run", self.requests.append, stop), stop, EffectsAside(spec))

    def keep(self, *names: str) -> None:
        """Returns when they are kept, for all whom the host does not keep waiting."""
        batches = [self.appends.add(effect(name), 0) for name in names]
        self.appends.wait(batches[-1])

    def ask(self, name: str) -> bool:
        """Whether it is asked of the host, which does not answer."""
        batch = self.appends.add(effect(name), 0)
        self.appends._want(batch)
        return not batch.settled.done()


def effect(name: str) -> Any:
    return {"kind": "child.spawned", "node": "0", "iteration": 1, "codeBlock": 0, "key": "a" * 32, "child": name}


def made(tmp_path: Path) -> Path:
    path = tmp_path / "effects.jsonl"
    path.touch(0o600)
    return path


def lines(path: Path) -> list[tuple[int, int, str]]:
    read = [json.loads(line) for line in path.read_text().splitlines()]
    return [(line["life"], line["n"], line["effect"]["child"]) for line in read]


def test_what_is_kept_aside_waits_for_no_reply_and_the_host_is_told_of_it_in_its_order(tmp_path: Path) -> None:
    host = SilentHost(made(tmp_path))
    host.keep("one")
    host.keep("two", "three")
    assert lines(tmp_path / "effects.jsonl") == [(2, 0, "one"), (2, 1, "two"), (2, 2, "three")]
    told = [[effect["child"] for effect in request["effects"]] for request in host.requests]
    assert told == [["one"], ["two", "three"]]
    assert [request["kept"] for request in host.requests] == [True, True]


def test_what_was_begun_before_an_effect_is_kept_with_it(tmp_path: Path) -> None:
    host = SilentHost(made(tmp_path))
    begun = [{"type": "iteration.started", "iteration": 1}, {"type": "codeBlock.started", "code": "1"}]
    host.keep("one")
    for event in [{"type": "log"}, *begun]:
        host.appends.hear(event)
    host.keep("two", "three")
    read = [json.loads(line) for line in (tmp_path / "effects.jsonl").read_text().splitlines()]
    assert [line["before"] for line in read] == [[], begun, []]


def no_file(path: Path) -> None:
    path.unlink()


def another_file(path: Path) -> None:
    path.rename(path.with_name("effects.left.jsonl"))
    path.touch()


@pytest.mark.parametrize("change", [no_file, another_file])
def test_once_the_file_is_not_there_any_more_the_host_is_asked(change: Any, tmp_path: Path) -> None:
    path = made(tmp_path)
    host = SilentHost(path)
    host.keep("one")
    change(path)
    assert host.ask("two")
    assert host.requests[-1]["kept"] is False


def test_where_the_file_cannot_be_written_the_host_is_asked() -> None:
    host = SilentHost(Path("/dev/full"))
    assert host.ask("one")
    assert host.requests[-1]["kept"] is False


@pytest.mark.parametrize("name", ["is-not-there", "is-a-link"])
def test_what_is_no_file_of_the_host_is_not_written(name: str, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.touch()
    (tmp_path / "is-a-link").symlink_to(target)
    host = SilentHost(tmp_path / name)
    assert host.ask("one")
    assert target.read_text() == ""


def test_a_store_that_has_no_such_file_is_asked() -> None:
    assert SilentHost(None).ask("one")


def test_what_was_asked_of_the_host_counts_so_that_it_is_not_taken_for_what_is_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(tmp_path)
    aside = EffectsAside(Aside(path=str(path), life=1))
    monkeypatch.setattr(aside_module, "MOST_BYTES", 100)
    assert aside.keep([effect("one")], {})
    assert not aside.keep([effect("large")], {})
    assert lines(path) == [(1, 0, "one")]
    aside.begin_anew()
    assert aside.keep([effect("three")], {})
    assert lines(path) == [(1, 2, "three")]


def test_nothing_is_open_when_the_run_is_over(tmp_path: Path) -> None:
    before = os.listdir("/proc/self/fd") if Path("/proc/self/fd").exists() else []
    host = SilentHost(made(tmp_path))
    host.keep("one")
    host.appends.flush()
    assert (os.listdir("/proc/self/fd") if before else []) == before
