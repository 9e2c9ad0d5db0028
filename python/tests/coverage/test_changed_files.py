"""Files that change while a run reads them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rlm_coverage import CoverageTracker, SourceFile, TextUnreadable
from rlm_coverage.corpus import SMALL_FILE_BYTES

TEXT = "".join(f"line {number} of a file\n" for number in range(SMALL_FILE_BYTES // 16))


def replaced(path: Path) -> None:
    (path.parent / "new").write_text(TEXT)
    os.replace(path.parent / "new", path)


def rewritten(path: Path) -> None:
    path.write_text(TEXT.upper())


def shortened(path: Path) -> None:
    os.truncate(path, 100)


@pytest.mark.parametrize("change", [rewritten, shortened], ids=lambda change: change.__name__)
def test_a_file_that_is_not_what_was_read_makes_no_report(change: Callable[[Path], None], tmp_path: Path) -> None:
    path, tracker = covered(tmp_path)
    change(path)
    tracker.add("sub", [TEXT[-2_000:]])
    with pytest.raises(TextUnreadable, match=r"context: the file changed while the run read it"):
        tracker.report()
    tracker.close()


@pytest.mark.parametrize("change", [replaced, lambda path: path.unlink()], ids=["replaced", "removed"])
def test_a_file_that_is_open_is_read_to_the_end_whatever_has_its_name(
    change: Callable[[Path], None], tmp_path: Path
) -> None:
    path, tracker = covered(tmp_path)
    change(path)
    tracker.add("sub", [TEXT])
    report = tracker.report()
    tracker.close()
    assert report is not None
    assert report.seen == report.chars == len(TEXT)


def test_a_log_that_grows_is_read_as_far_as_it_went(tmp_path: Path) -> None:
    path, tracker = covered(tmp_path)
    with path.open("a") as file:
        file.write("and one more line\n")
    tracker.add("sub", [TEXT])
    report = tracker.report()
    tracker.close()
    assert report is not None
    assert report.seen == report.chars == len(TEXT)


def covered(tmp_path: Path) -> tuple[Path, CoverageTracker]:
    """A file of which something is read."""
    path = tmp_path / "context"
    path.write_text(TEXT)
    tracker = CoverageTracker([SourceFile("context", str(path))], ("root", "sub"))
    tracker.add("sub", [TEXT[:1_000]])
    tracker.report()
    return path, tracker
