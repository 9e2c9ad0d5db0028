"""Large contexts of every kind: what a loop over all of them reaches, and what it takes to measure it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from coverage_harness import Cover, prompt
from large_texts import KINDS, large_text

import rlm_coverage
from rlm_coverage import CoverageTracker, SourceFile, role_coverage, sparse_index

pytestmark = pytest.mark.slow

MEGABYTE = 1_000_000
PART = 10_000
SOURCES = str(Path(rlm_coverage.__path__[0]).parent)

MEASURE = """
import resource, sys

sys.path.insert(0, sys.argv[4])
from rlm_coverage import CoverageTracker, SourceFile

def peak():
    # Not that of ``getrusage``, which begins with the peak of the process that this one was forked from.
    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM:")).split()[1]) * 1024

path, size, part = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
tracker = CoverageTracker([SourceFile("context", path)], ("root", "sub"))
before = peak()
with open(path, newline="") as file:
    for number in range(0, size, part):
        tracker.add("sub", [f"Part {number // part}:\\n{file.read(part)}\\nWhat is in it?"])
        if number % 500_000 == 0:
            tracker.report(timeout_s=60)  # a model takes longer to reply than this to map its prompt
        if number == size // part // 2 * part:
            tracker.report()
report = tracker.report()
print(report.seen / report.chars, peak() - before)
"""


def in_other_order(parts: list[str], random: Random) -> list[str]:
    """As the prompts of a batch are answered: sixteen at a time."""
    return [part for _, part in sorted((place + random.random() * 16, part) for place, part in enumerate(parts))]


@pytest.mark.parametrize("order", ["in order", "in a batch"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_loop_over_a_large_context_reaches_exactly_one_and_needs_no_index(
    kind: str, order: str, cover: Cover, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sparse_index.SparseIndex, "places", lambda *_: pytest.fail("the index was asked"))
    text = large_text(kind, 4 * MEGABYTE)
    prompts = [f"Part {at}:\n{text[at : at + PART]}\nWhat is in it?" for at in range(0, len(text), PART)]
    coverage = cover(text)
    for content in prompts if order == "in order" else in_other_order(prompts, Random(1)):
        coverage.note("sub", prompt(content))
    report = coverage.report()
    coverage.close()
    assert report is not None
    assert (report["seenFraction"], report["unread"]) == (1.0, [])


@pytest.mark.parametrize("kind", ["unique", "a log"])
def test_parts_in_any_order_are_found_by_the_index(kind: str, cover: Cover, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(role_coverage, "WAITING_BYTES", 1 << 18)
    text = large_text(kind, 3 * MEGABYTE)
    parts = [text[at : at + PART] for at in range(0, len(text), PART)]
    Random(2).shuffle(parts)
    coverage = cover(text)
    for number, part in enumerate(parts):
        coverage.note("sub", prompt(f"Part {number}:\n{part}\nWhat is in it?"))
    report = coverage.report()
    coverage.close()
    assert report is not None
    assert report["seenFraction"] == 1.0


@pytest.mark.parametrize(("kind", "limit"), [("unique", 26), ("a log", 17), ("near copies", 26)])
def test_measuring_takes_little_beside_the_context(kind: str, limit: int, tmp_path: Path) -> None:
    # It takes 22 or 23, and a log 12, most of it in a report of a half; text that is held, 5 to 8 more.
    text = large_text(kind, 10 * MEGABYTE)
    (tmp_path / "context").write_text(text, newline="")
    command = [sys.executable, "-c", MEASURE, str(tmp_path / "context"), str(len(text)), str(PART), SOURCES]
    measured = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert float(measured[0]) == 1.0
    assert int(measured[1]) < limit * MEGABYTE


def test_a_history_that_grows_is_mapped_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mapped = list[str]()
    monkeypatch.setattr(role_coverage.RoleCoverage, "add", lambda _, message: mapped.append(message))
    (tmp_path / "text").write_text("some text")
    tracker = CoverageTracker([SourceFile("context", str(tmp_path / "text"))], ("root", "sub"))
    history = list[str]()
    for iteration in range(100):
        history += [f"code of iteration {iteration}", f"output of iteration {iteration}"]
        tracker.add("root", ["the system prompt", *history, f"what is asked in iteration {iteration}"])
    tracker.report()
    tracker.close()
    assert len(mapped) == len(set(mapped)) == 1 + 3 * 100
