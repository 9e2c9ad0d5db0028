"""Model code that sends without end: the worker holds what it asked for, and nothing more."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from repl_harness import MakeBench

pytestmark = pytest.mark.slow

GROWTH_BYTES = 50_000_000
FLOODS = {
    "drafts": '{"type":"draft","id":ID,"content":"%s"}' % ("x" * 1_000_000),
    "drafts that are too long": '{"type":"draft","id":ID,"content":"%s"}' % ("x" * 9_000_000),
    "answers so far": '{"type":"drafted","content":"ID%s"}' % ("x" * 999_000),
    "ends of blocks": (
        '{"type":"done","id":0,"status":"ok","error":"%s","final":null,"content":null,"variables":[]}'
        % ("x" * 1_000_000)
    ),
    "reports of loads": '{"type":"received","id":ID,"bytes":9000000000}',
    "signs of life": '{"type":"alive","id":ID}',
    "requests when no run goes on": (
        '{"type":"request","id":ID,"kind":"llm","prompts":["%s"],"model":null,"schema":null}' % ("x" * 1_000_000)
    ),
}
OF_EACH_KIND = [
    *(pytest.param("local", name) for name in FLOODS),
    *(pytest.param("docker", name, marks=pytest.mark.docker) for name in ("drafts", "ends of blocks")),
]
"""In a container two of them: what is dropped is dropped by the same code, whoever brings it."""

SENT_BYTES = 2 * GROWTH_BYTES
MOST_FRAMES = 50_000
"""Of small ones."""

FLOOD = """
import os, threading
def flood(start, middle, end, frames):
    for number in range(frames):
        data = (start + str(number % 100) + middle + 'x' * LENGTH + end).encode()
        left = memoryview(b'J' + len(data).to_bytes(4, 'big') + data)
        while left:
            left = left[os.write(3, left):]
    os._exit(0)
"""


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(("kind", "name"), OF_EACH_KIND)
def test_while_nobody_asks(make: MakeBench, name: str) -> None:
    """The root model thinks, or the session is idle. Its interpreter ends once all is sent."""
    frame, run = FLOODS[name], make(context_payload="CONTEXT", lasting=True)
    start, _, rest = frame.partition("ID")
    length = rest.count("x")
    middle, _, end = rest.partition("x" * length) if length else (rest, "", "")
    run(FLOOD.replace("LENGTH", str(length)))
    if "request" in frame:
        run.repl.end_turn()
        run.repl._service._closed = True  # pyright: ignore[reportPrivateUsage]
    before, kernel = resident_bytes(), run.repl._kernel  # pyright: ignore[reportPrivateUsage]
    sent = [start, middle, end, min(MOST_FRAMES, SENT_BYTES // len(frame))]
    run(f"threading.Thread(target=flood, args={sent!r}, daemon=True).start()")
    while kernel.life == 0:
        time.sleep(0.01)
    assert resident_bytes() - before < GROWTH_BYTES
    assert run("print(context)").stdout == "CONTEXT\n"
