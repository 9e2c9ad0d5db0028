"""The worker's folder: private, removed with the worker, and after it where worker and host were killed at once."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from worker_harness import Worker

from rlm_worker.wire.temporary_folder import PREFIX, UNUSABLE_EXIT_CODE, VARIABLE, YOUNG_S

pytestmark = pytest.mark.slow


def variable(path: Path) -> dict[str, str]:
    return {VARIABLE: str(path)}


def test_it_is_private_and_goes_with_the_worker(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    with Worker(variable(path)) as worker:
        worker.wait_type("worker.ready")
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        (path / "context.txt").write_text("what the host wrote")
    assert not path.exists()


def test_a_folder_that_is_there_already_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    with Worker(variable(path)) as worker:
        assert worker.process.wait(60) == UNUSABLE_EXIT_CODE
        assert worker.stderr_text() == f"{path}: File exists.\n"
    assert path.exists()


def test_a_temporary_folder_that_is_gone_is_said_without_a_traceback(tmp_path: Path) -> None:
    with Worker(variable(tmp_path / "gone" / "folder")) as worker:
        assert worker.process.wait(60) == UNUSABLE_EXIT_CODE
        assert worker.stderr_text() == f"{tmp_path}/gone/folder: No such file or directory.\n"


def abandoned(path: Path, age_s: float = YOUNG_S + 60) -> Path:
    path.mkdir()
    (path / "context.txt").write_text("of a run that nobody knows any more")
    then = path.stat().st_mtime - age_s
    os.utime(path, (then, then))
    return path


def test_a_later_worker_removes_what_nobody_owns_and_nothing_else(tmp_path: Path) -> None:
    with Worker(variable(tmp_path / f"{PREFIX}living")) as living:
        living.wait_type("worker.ready")
        os.utime(tmp_path / f"{PREFIX}living", (0, 0))
        kept = [abandoned(tmp_path / f"{PREFIX}young", 0), abandoned(tmp_path / "of-another-program")]
        (tmp_path / f"{PREFIX}link").symlink_to(kept[1], target_is_directory=True)
        orphan = abandoned(tmp_path / f"{PREFIX}orphan")
        with Worker(variable(tmp_path / f"{PREFIX}later")) as later:
            later.wait_type("worker.ready")
            while orphan.exists():
                assert later.process.poll() is None
        assert all((path / "context.txt").exists() for path in kept)
        assert (tmp_path / f"{PREFIX}living").exists()
