"""What a worker holds of a large context that is read from its first character to its last: next to nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_provider import FakeProvider, answer, cell, in_turn
from worker_harness import Message, Worker, spec

pytestmark = pytest.mark.slow

PART = 20_000
WHOLE, HALF = 100_000_000, 50_000_000
"""Half is enough where only the reader differs: most of it, held, would be too much."""

LINE = "The keeper of the lamp wrote the hour, the wind and the height of the tide into the book.\n"


def numbered(first: int, size: int) -> str:
    lines = -(-size // (len(LINE) + 9))
    return "".join(f"{number:08} {LINE}" for number in range(first, first + lines))[:size]


def a_text(folder: Path, size: int) -> Message:
    (folder / "large").write_text(numbered(0, size))
    return {"kind": "text", "path": str(folder / "large")}


def a_list(folder: Path, size: int) -> Message:
    (folder / "large").write_text(json.dumps([numbered(n * PART, PART) for n in range(size // PART)]))
    return {"kind": "json", "path": str(folder / "large")}


def files(folder: Path, size: int) -> Message:
    """Half of them large enough to be read where they are."""
    parts = [PART if n % 2 else 5 * PART for n in range(size // (3 * PART))]
    for n, chars in enumerate(parts):
        (folder / f"{n}.txt").write_text(numbered(n * 5 * PART, chars))
    return {"kind": "files", "files": [{"name": f"{n}", "path": str(folder / f"{n}.txt")} for n in range(len(parts))]}


READ_ALL = f"""
texts = [context] if isinstance(context, str) else context.values() if isinstance(context, dict) else context
parts = [text[at:at + {PART}] for text in texts for at in range(0, len(text), {PART})]
for at in range(0, len(parts), 100):
    llm_query_batched([f"Part {{at}}\\n{{part}}\\nWhat is the tide?" for part in parts[at:at + 100]])
"""


@pytest.mark.parametrize(
    ("context", "size", "most_mb"),
    [(a_text, WHOLE, 120), (a_list, HALF, 100), (files, HALF, 100)],
    ids=["a_text", "a_list", "files"],
)
def test_a_worker_whose_sub_calls_read_all_of_a_large_context_holds_next_to_nothing_of_it(
    context: Callable[[Path, int], Message], size: int, most_mb: int, tmp_path: Path
) -> None:
    given = context(tmp_path, size)
    with Worker() as worker, FakeProvider(in_turn(cell(READ_ALL), answer("'done'"))) as provider:
        asked = spec(provider.url, tmp_path, maxSubCalls=10_000, environmentOptions={"memoryMb": 8_192})
        done = worker.run({**asked, "context": given})
        status = Path(f"/proc/{worker.process.pid}/status").read_text()
    assert done.answer == "done"
    assert done.of("coverage.measured")[0]["seenFraction"] == 1.0
    assert int(status.partition("VmHWM:")[2].split()[0]) / 1024 < most_mb
