"""A temporary folder for the whole suite: at its end, nothing that a worker makes may be left in it."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

PATIENCE_SECONDS = 20
"""A worker whose host has gone ends by itself."""

_folder = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):  # of a suite that has one
        return
    folder = config.stash[_folder] = Path(tempfile.mkdtemp(prefix="rlm-suite-"))
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


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
