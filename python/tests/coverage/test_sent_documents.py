"""Many files are not opened again for their coverage: it is that of what the REPL was sent."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from coverage_harness import prompt

from rlm_worker._generated.messages import ContextFile, FilesContext
from rlm_worker.context import CHUNK_BYTES, ContextHandle, open_context
from rlm_worker.coverage import Coverage
from rlm_worker.environments.parcels import Parcels
from rlm_worker.environments.payload import payload_of
from rlm_worker.sent_documents import SMALL_BYTES

TEXTS = [
    *(f"The file {number} says what no other one says: {number**3}." for number in range(300)),
    "",
    "ein Text mit Umlauten: äöü",
    "s" * (SMALL_BYTES - 1),
    "l" * SMALL_BYTES,
    "c" * (CHUNK_BYTES + 1),
    "the last one",
]
READ = [TEXTS[7], TEXTS[301], TEXTS[302], TEXTS[303], TEXTS[305]]
MUST_STAY = (303, 304)
"""Large ones, which are read where they are."""


@pytest.fixture
def context(tmp_path: Path) -> ContextHandle:
    for place, text in enumerate(TEXTS):
        (tmp_path / f"{place}").write_text(text)
    return open_context(
        FilesContext(
            files=[ContextFile(name=f"{place}.txt", path=f"{tmp_path}/{place}") for place in range(len(TEXTS))]
        )
    )


def load(context: ContextHandle, parcels: int | None = None) -> None:
    """All of it, or the first ``parcels``."""
    sent = iter(Parcels(payload_of(context)))
    for _ in range(10_000 if parcels is None else parcels):
        parcel = next(sent, None)
        if parcel is None:
            return
        list(parcel.pieces)


def report(coverage: Coverage) -> tuple[int, int, list[str]]:
    """Characters in all, characters that were read, and what was read to its end."""
    for text in READ:
        coverage.note("sub", prompt(f"Look at this: {text}"))
    measured = coverage.report()
    coverage.close()
    assert measured is not None
    whole = [each["name"] for each in measured["documents"] if each["seenFraction"] == 1 and each["chars"] > 0]
    return measured["contextChars"], measured["seenChars"], whole


EXPECTED = (sum(map(len, TEXTS)), sum(map(len, READ)), [f"{TEXTS.index(text)}.txt" for text in READ])


def test_small_files_that_are_gone_are_covered_as_they_were_sent(context: ContextHandle, tmp_path: Path) -> None:
    coverage = Coverage(context)
    load(context)
    coverage.sha256 = "0" * 64  # the REPL has told it
    for place in set(range(len(TEXTS))) - set(MUST_STAY):
        (tmp_path / f"{place}").unlink()
    assert report(coverage) == EXPECTED


@pytest.mark.parametrize(
    "before",
    [lambda context: None, lambda context: load(context, 1), lambda context: (load(context, 1), load(context))],
    ids=["nothing was sent", "a load was broken off", "and begun again"],
)
def test_coverage_is_the_same_whatever_was_sent(
    before: Callable[[ContextHandle], object], context: ContextHandle
) -> None:
    coverage = Coverage(context)
    before(context)
    assert report(coverage) == EXPECTED


def test_files_are_read_where_they_are_when_there_is_no_room_for_a_copy(
    context: ContextHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.FileIO):
        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    coverage = Coverage(context)
    with monkeypatch.context() as patched:
        patched.setattr(io, "FileIO", Full)
        load(context)
    assert report(coverage) == EXPECTED


@pytest.mark.parametrize("is_read", [False, True])
def test_what_was_sent_holds_no_descriptor_once_coverage_is_closed(context: ContextHandle, is_read: bool) -> None:
    before = open_files()
    coverage = Coverage(context)
    load(context)
    assert open_files() == before + 1
    if is_read:
        report(coverage)
    coverage.close()
    while open_files() != before:  # the thread of the coverage closes its own
        time.sleep(0.01)


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))
