"""A temporary folder for the whole suite, in which no worker may leave anything; tests whose needs the machine does not
meet are deselected, and long ones begin first; every program that a test starts finds its modules compiled, and so do
all processes of the suite but one."""

from __future__ import annotations

import fcntl
import gc
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from needs import is_docker_to_come, must_be_met, unmet_needs, wait_for_docker

PATIENCE_SECONDS = 20
"""A worker whose host has gone ends by itself."""

UNMET_NEEDS = "RLM_TEST_UNMET_NEEDS"
"""Of the suite, found once: each of its workers must come to the same tests."""

_folder = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    # Half of what starting a worker costs is compiling what it imports, where nothing keeps it for the next one.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if hasattr(config, "workerinput"):  # of a suite that has one
        return
    folder = config.stash[_folder] = Path(tempfile.mkdtemp(prefix="rlm-suite-"))
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    os.environ[UNMET_NEEDS] = json.dumps(unmet_needs())


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end: to look for garbage in it is a twentieth of what a process here does."""
    gc.disable()
    try:
        with _one_compiles():
            return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = {mark for mark in _unmet_needs() if not must_be_met(mark)}
    deselected = [item for item in items if any(mark.name in left_out for mark in item.iter_markers())]
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        items[:] = [item for item in items if item not in set(deselected)]
    to_come = is_docker_to_come()
    # One that waits long and begins last is all that there is to do in the end.
    items.sort(key=lambda item: (to_come and _needs_docker(item), item.get_closest_marker("long") is None))


def pytest_runtest_setup(item: pytest.Item) -> None:
    late = {"docker": wait_for_docker()} if is_docker_to_come() and _needs_docker(item) else {}
    for mark in item.iter_markers():
        reason = _unmet_needs().get(mark.name) or late.get(mark.name)
        if reason is not None:
            pytest.fail(f"CI must have what this test needs, {mark.name}: {reason}", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for mark, reason in _unmet_needs().items():
        terminalreporter.write_line(f"without {mark}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    folder = session.config.stash.get(_folder, None)
    if folder is None:
        return
    until = time.monotonic() + PATIENCE_SECONDS
    while (left := [path.name for path in folder.glob("rlm-bridge-*")]) and time.monotonic() < until:
        time.sleep(0.1)
    shutil.rmtree(folder, ignore_errors=True)
    if left:
        session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
        print(f"\nThe tests left in the temporary folder: {', '.join(left)}")


@contextmanager
def _one_compiles() -> Iterator[None]:
    """Processes of the suite that collect at once would each compile the same modules: all wait for the first."""
    with (Path(tempfile.gettempdir()) / "collecting").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(file, fcntl.LOCK_SH)
        yield


def _needs_docker(item: pytest.Item) -> bool:
    return item.get_closest_marker("docker") is not None


def _unmet_needs() -> dict[str, str]:
    return json.loads(os.environ[UNMET_NEEDS])
