"""What a worker holds of a large context that is read from its first character to its last: next to nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_provider import FakeProvider, Reply, Request, answer, cell, in_turn
from worker_harness import Message, Worker, spec

pytestmark = pytest.mark.slow

PART = 100_000
SIZE, MOST_MB = 24_000_000, 80
"""A worker has 68 MB at most, of whatever size its context is: with half of this one it would have too much."""

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
    parts = [PART // 5 if n % 2 else PART for n in range(5 * size // (3 * PART))]
    for n, chars in enumerate(parts):
        (folder / f"{n}.txt").write_text(numbered(n * PART, chars))
    return {"kind": "files", "files": [{"name": f"{n}", "path": str(folder / f"{n}.txt")} for n in range(len(parts))]}


READ_ALL = f"""
texts = [context] if isinstance(context, str) else context.values() if isinstance(context, dict) else context
parts = [text[at:at + {PART}] for text in texts for at in range(0, len(text), {PART})]
for at in range(0, len(parts), 20):
    llm_query_batched([f"Part {{at}}\\n{{part}}\\nWhat is the tide?" for part in parts[at:at + 20]])
"""


def reads(request: Request) -> Reply:
    """Says of as many tokens as the prompt may have."""
    return Reply("read", len(request.last) // 4)


@pytest.mark.parametrize("context", [a_text, a_list, files], ids=lambda kind: kind.__name__)
def test_a_worker_whose_sub_calls_read_all_of_a_large_context_holds_next_to_nothing_of_it(
    context: Callable[[Path, int], Message], tmp_path: Path
) -> None:
    given = context(tmp_path, SIZE)
    with Worker() as worker, FakeProvider(in_turn(cell(READ_ALL), answer("'done'"), sub=reads)) as provider:
        asked = spec(provider.url, tmp_path, maxSubCalls=10_000, environmentOptions={"memoryMb": 8_192})
        done = worker.run({**asked, "context": given})
        status = Path(f"/proc/{worker.process.pid}/status").read_text()
    assert done.answer == "done"
    assert done.of("coverage.measured")[0]["seenFraction"] == 1.0
    assert int(status.partition("VmHWM:")[2].split()[0]) / 1024 < MOST_MB
