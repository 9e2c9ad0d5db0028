"""A turn of a session that is over, done once more for what it left in the REPL: nobody is asked anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fake_provider import FakeProvider, Reply, Request, Script, answer, cell
from journals import NUMBER, TOOL, KeepingHost, serve
from worker_harness import Message, Run, Worker, spec

pytestmark = pytest.mark.slow


LOOK = cell("print(sorted(name for name in globals() if name.startswith(('kept', 'context', 'history'))), kept)")
NOBODY = "http://127.0.0.1:9/v1"


def turns(*codes: str) -> Script:
    """A root that says its next line by what it said before, and sub-calls that hear what they are asked."""

    def script(request: Request) -> Reply:
        if request.is_plain:
            return Reply(f"heard {request.last[:20]}", 40, 5)
        if request.model != "root-model":
            return Reply((cell("x = llm_query('leaf ' + context)"), answer("x + '!'"))[min(request.turns, 1)], 40, 5)
        return Reply(codes[min(request.turns, len(codes) - 1)], 100, 10)

    return script


class Turn:
    """A first turn of a session: as it was, and once more in another worker, before a turn that is live."""

    def __init__(self, tmp_path: Path, script: Script, **changes: Any) -> None:
        self.tmp_path, self.script, self.changes = tmp_path, script, changes
        self.host = KeepingHost(serve)
        self.recorded: list[Message] = []

    def spec(self, url: str, *, recorded: str | None = None, on_divergence: str = "continue") -> Message:
        journal = {"recorded": recorded, "aliveMs": 0, "onDivergence": on_divergence, "seed": "seed"}
        journal.update({"ended": recorded is not None, "aside": None})
        return spec(url, self.tmp_path, session="s", context="text", journal=journal, **self.changes)

    def once(self, cancel_at: str | None = None) -> Run:
        """``cancel_at``: the last words of the request at which it is cancelled."""
        with FakeProvider(self.script) as provider, Worker(host=self.host) as worker:
            worker.start(self.spec(provider.url), "run")
            if cancel_at is not None:
                provider.wait(lambda p: any(request.last.endswith(cancel_at) for request in p.requests))
                worker.send({"type": "run.cancel", "id": "run"})
            worker.wait(lambda message: message["type"] in ("run.completed", "run.failed"))
            run = Run([message for message in worker.messages if message.get("id") == "run"])
        self.host.note_blocks(run.events)
        return run

    def again(self, on_divergence: str = "continue") -> tuple[Run, str]:
        """The turn once more, with no provider; and what a live turn prints then of the REPL."""
        kept = len(self.host.kept)
        recorded = self.host.write(self.tmp_path / "recorded")
        with FakeProvider(turns(LOOK, answer("'done'"))) as provider, Worker(host=self.host) as worker:
            run = worker.run(self.spec(NOBODY, recorded=recorded, on_divergence=on_divergence))
            assert len(self.host.kept) == kept
            look = worker.run({**spec(provider.url, self.tmp_path, session="s"), "context": None})
        return run, look.of("codeBlock.completed")[0]["stdout"].strip()


def told(run: Run) -> list[Message]:
    kept = ("iteration.completed", "codeBlock.completed", "answer.rejected", "run.completed", "run.failed")
    events = [event for event in run.events if event["type"] in kept]
    events.sort(key=lambda event: (event.get("node", "~"), event.get("iteration", 0)))
    return [{k: v for k, v in event.items() if k not in ("at", "durationMs", "id")} for event in events]


WHOLE = "['context', 'context_0', 'history', 'history_0', 'kept']"

SCENARIOS: dict[str, tuple[Script, dict[str, Any], str]] = {
    "batches": (
        turns(cell("kept = llm_query_batched(['a', 'b'])\nprint(kept)"), answer("'done'")),
        {},
        f"{WHOLE} ['heard a', 'heard b']",
    ),
    "tools and a refused answer": (
        turns(cell("kept = lookup(id=21)"), answer("kept + 1"), answer("kept")),
        {"tools": [TOOL], "answer": NUMBER},
        f"{WHOLE} 42",
    ),
    "children": (
        turns(cell("kept = rlm_query_batched(['one', 'two'])"), answer("' '.join(kept)")),
        {"maxDepth": 2},
        f"{WHOLE} ['heard leaf one!', 'heard leaf two!']",
    ),
    "limits": (
        turns(cell("kept = [llm_query('a')[:5], llm_query('b')[:5]]"), answer("'done'")),
        {"maxSubCalls": 1},
        f"{WHOLE} ['heard', 'Error']",
    ),
    "iterations that were used up": (
        turns(cell("kept = llm_query('a')"), cell("kept += '!'")),
        {"maxIterations": 2},
        f"{WHOLE} heard a!",
    ),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_turn_that_is_over_leaves_the_repl_as_it_did_and_asks_nobody(name: str, tmp_path: Path) -> None:
    script, changes, left = SCENARIOS[name]
    turn = Turn(tmp_path, script, **changes)
    before = turn.once()
    again, printed = turn.again("fail")
    assert told(again) == told(before)
    assert printed == left


def holding(script: Script, last: str) -> Script:
    return lambda request: Reply(hold=True) if request.last.endswith(last) else script(request)


def test_a_turn_that_was_stopped_stops_at_the_call_that_had_no_reply(tmp_path: Path) -> None:
    script = turns(cell("kept = 1\nkept = llm_query('a')\nkept = llm_query('b')\nkept = 'never'"), answer("kept"))
    turn = Turn(tmp_path, holding(script, "b"))
    assert turn.once(cancel_at="b").terminal["code"] == "cancelled"
    again, printed = turn.again("fail")
    assert (again.terminal["code"], again.terminal["message"]) == ("cancelled", "The turn was over here.")
    assert printed == "['context', 'context_0', 'kept'] heard a"


def test_a_code_block_that_had_not_ended_nor_asked_for_anything_is_not_run_again(tmp_path: Path) -> None:
    script = turns(cell("kept = 1"), cell("print(kept, flush=True)\nwhile True: kept += 1"))
    turn = Turn(tmp_path, script)
    with FakeProvider(script) as provider, Worker(host=turn.host) as worker:
        worker.start(turn.spec(provider.url), "run")
        worker.wait_type("codeBlock.output", id="run")
        worker.send({"type": "run.cancel", "id": "run"})
        worker.wait_type("run.failed", id="run")
        turn.host.note_blocks([message for message in worker.messages if message.get("id") == "run"])
    again, printed = turn.again()
    assert again.terminal["code"] == "cancelled"
    assert printed == "['context', 'context_0', 'kept'] 1"


@pytest.mark.long
def test_a_code_block_that_had_no_end_has_its_last_reply_and_is_not_waited_for(tmp_path: Path) -> None:
    script = turns(cell("kept = llm_query('a')\nprint(kept, flush=True)\nimport time\ntime.sleep(3600)"))
    turn = Turn(tmp_path, script)
    with FakeProvider(script) as provider, Worker(host=turn.host) as worker:
        worker.start(turn.spec(provider.url), "run")
        worker.wait_type("codeBlock.output", id="run")
        worker.send({"type": "run.cancel", "id": "run"})
        worker.wait_type("run.failed", id="run")
    again, printed = turn.again()
    assert (again.terminal["code"], again.terminal["message"]) == ("cancelled", "The turn was over here.")
    assert printed == "['context', 'context_0', 'kept'] heard a"


CLOCK = turns(
    cell("import time\nprint(time.time_ns())"),
    cell("kept = llm_query(f'now {time.time_ns()}')[:5]"),
    answer("f'late {time.time_ns()}'"),
)


def test_what_was_said_in_a_turn_that_is_over_stands_whatever_it_is_asked_in_now(tmp_path: Path) -> None:
    turn = Turn(tmp_path, CLOCK)
    before = turn.once()
    again, printed = turn.again()
    assert [event["what"] for event in again.of("replay.diverged")] == ["prompt"]
    assert [block["code"] for block in again.of("codeBlock.started")] == [
        block["code"] for block in before.of("codeBlock.started")
    ]
    assert again.terminal["type"] == "run.completed"
    assert printed == f"{WHOLE} heard"


def test_with_on_divergence_fail_a_turn_that_is_over_fails_where_it_goes_another_way(tmp_path: Path) -> None:
    turn = Turn(tmp_path, CLOCK)
    turn.once()
    with Worker(host=turn.host) as worker:
        recorded = turn.host.write(tmp_path / "recorded")
        again = worker.run(turn.spec(NOBODY, recorded=recorded, on_divergence="fail"))
    assert (again.terminal["code"], again.terminal["stopReason"]) == ("replay_diverged", "diverged")
