"""Lines to the host: whole, in order, and those of one turn of a loop together."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rlm_worker.wire.line_writer import LineWriter


def never() -> None:
    raise AssertionError("the host reads")


def on_a_loop(work: Callable[[], Any]) -> None:
    async def run() -> None:
        work()
        await asyncio.sleep(0)

    asyncio.run(run())


def heard(descriptor: int) -> list[Any]:
    """What one read gets: what was written at once comes at once."""
    return [json.loads(line) for line in os.read(descriptor, 1 << 16).splitlines()]


def test_lines_of_many_threads_stay_whole(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    writer = LineWriter(os.open(path, os.O_WRONLY | os.O_CREAT), never)
    threads = [threading.Thread(target=writer.write, args=({"text": str(i) * 50_000},)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {len(json.loads(line)["text"]) for line in path.read_text().splitlines()} == {50_000}


def test_what_a_turn_of_a_loop_writes_goes_together_and_before_what_it_is_told_to_do_later() -> None:
    reader, end = os.pipe()
    os.set_blocking(reader, False)
    writer, later = LineWriter(end, never), list[Any]()

    async def work() -> None:
        loop = asyncio.get_running_loop()
        for n in range(2):
            writer.write({"n": n})
            loop.call_soon(lambda: later.append(heard(reader) if not later else None))
        before = threading.Thread(target=lambda: None)
        before.start()
        before.join()
        assert not _readable(reader)
        await asyncio.sleep(0)

    asyncio.run(work())
    assert later == [[{"n": 0}, {"n": 1}], None]


def test_what_a_thread_writes_does_not_pass_what_a_loop_has_written() -> None:
    reader, end = os.pipe()
    writer = LineWriter(end, never)

    def work() -> None:
        writer.write({"from": "loop"})
        thread = threading.Thread(target=writer.write, args=({"from": "thread"},))
        thread.start()
        thread.join()
        assert heard(reader) == [{"from": "loop"}, {"from": "thread"}]

    on_a_loop(work)


def test_a_turn_after_one_that_wrote_writes_as_well() -> None:
    reader, end = os.pipe()
    writer = LineWriter(end, never)

    async def work() -> None:
        for n in range(3):
            writer.write({"n": n})
            await asyncio.sleep(0)
            assert heard(reader) == [{"n": n}]

    asyncio.run(work())


def test_a_host_that_does_not_read_any_more_is_told_of_from_wherever_it_was_written_to() -> None:
    reader, end = os.pipe()
    os.close(reader)
    gone: list[str] = []
    writer = LineWriter(end, lambda: gone.append(threading.current_thread().name))
    writer.write({})
    on_a_loop(lambda: writer.write({}))
    assert len(gone) == 2


def _readable(descriptor: int) -> bool:
    try:
        return bool(os.read(descriptor, 1))
    except BlockingIOError:
        return False
