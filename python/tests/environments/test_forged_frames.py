"""Every kind of frame that model code can forge, in every state of the connection: refused or harmless, never a crash,
and what comes after it is served."""

from __future__ import annotations

import itertools
import json
import time
from functools import cache
from typing import Any

import pytest
from repl_harness import Bench, MakeBench
from test_turns import next_turn

from rlm_worker.errors import ContextFailure, EnvironmentFailure
from rlm_worker.kernel.answer import MAX_FINAL_CHARS
from rlm_worker.kernel.frames import FrameBuffer, FrameError
from rlm_worker.kernel.messages import FROM_INTERPRETER, FROM_SUPERVISOR, parse

pytestmark = pytest.mark.slow

ID = 4_242_424_242
"""Stands for every id there is."""

RIGHT: dict[str, dict[str, Any]] = {
    "ready": {"problem": None},
    "request": {"id": ID, "kind": "llm", "prompts": ["x"], "model": None, "schema": None},
    "tool_call": {"id": ID, "tool": "t", "arguments": {}},
    "received": {"id": ID, "bytes": 2**53 - 1},
    "loaded": {"id": ID, "context_type": "str", "chars": 2**53 - 1, "bytes": 5, "sha256": "0" * 64},
    "load_failed": {"id": ID, "fault": "died", "message": "FORGED"},
    "draft": {"id": ID, "content": "FORGED"},
    "drafted": {"content": "FORGED"},
    "alive": {"id": ID},
    "done": {"id": ID, "status": "ok", "error": "", "variables": [], "final": None, "content": "FORGED"},
}
HUGE = "x" * (MAX_FINAL_CHARS + 1)
"""Beyond what any text may have, where that is bounded."""

WRONG: list[Any] = [None, True, -1, 1.5, 2**53, "FORGED", [], [[]], {}, {"type": "done"}]
HARMLESS = ("ready", "received", "draft", "drafted", "alive", "tool_call")
ANSWERS = ("received", "loaded", "load_failed", "draft", "alive", "done")
"""What is taken under one id alone; of any other, one after another is as good as all at once."""

OF_EACH_KIND = [
    *(pytest.param("local", name) for name in RIGHT),
    *(pytest.param("docker", name, marks=pytest.mark.docker) for name in RIGHT if name not in HARMLESS),
]
"""In a container what is not harmless: the same code reads the frames, whoever brings them."""

IDS = 30
"""More than a kernel gives out in one of these tests."""

LOADED_CHARS = 300_000
"""More than one chunk has."""

FURNISHED = {"context_payload": "CONTEXT"}
OF_A_SESSION = {**FURNISHED, "lasting": True}

FORGE = f"""
import itertools, os, threading
def forge(text, ids):
    for identity in ids:
        data = text.replace('{ID}', str(identity)).encode()
        left = memoryview(b'J' + len(data).to_bytes(4, 'big') + data)
        while left:
            left = left[os.write(3, left):]
stop = threading.Event()
def forge_on(text, first, at_once):
    ids = itertools.cycle(range(first, first + {IDS}))
    while not stop.wait(0.002):
        forge(text, itertools.islice(ids, at_once))
"""


def forging(message: dict[str, Any], first: int) -> str:
    """Code that starts a thread which forges it, under every id from ``first`` on in turn, until ``stop`` is set."""
    args = [json.dumps(message), first, IDS if message["type"] in ANSWERS else 1]
    thread = f"threading.Thread(target=forge_on, args={args}, daemon=True)"
    return f"_thread = {thread}\n_thread.start()"


@cache
def malformed() -> dict[str, str]:
    """Frames with one field that is missing or holds what it must not, and what is no message of an interpreter: the
    last one for each reason why they are refused."""
    frames = ["", "[]", "1", "null", '"done"', "{}", '{"type": ["done"]}', '{"type": "done"', '{"type": NaN}']
    frames += [json.dumps({"type": name}) for name in FROM_SUPERVISOR if name not in FROM_INTERPRETER]
    frames += [json.dumps({"type": name}) for name in ("configure", "execute", "reply", "replace", "ping", "probe")]
    for name, right in RIGHT.items():
        for field in right:
            frames.append(json.dumps({"type": name, **{key: right[key] for key in right if key != field}}))
            wrong = [HUGE, *WRONG] if _fits(name, field, "FORGED") else WRONG
            frames += [json.dumps({"type": name, **right, field: one}) for one in wrong if not _fits(name, field, one)]
    return {refusal(text): text for text in frames}


def refusal(text: str) -> str:
    """Why the supervisor does not take it: it reads the channel like this."""
    data = text.encode()
    with pytest.raises(FrameError) as refused:
        for kind, payload in FrameBuffer(raw_allowed=False).feed(b"J" + len(data).to_bytes(4, "big") + data):
            parse(kind, payload, FROM_INTERPRETER)
    return str(refused.value)


def end_forging(run: Bench) -> None:
    """A forged end of a block may be the end of this one too, before it has stopped the thread."""
    for number in itertools.count():
        ended = run(f"try:\n    stop.set()\n    _thread.join()\nfinally:\n    print('over', {number})")
        if f"over {number}\n" in ended.stdout:
            return


def next_id(run: Bench) -> int:
    return next(run.repl._kernel._inbox._ids)  # pyright: ignore[reportPrivateUsage]


def _fits(name: str, field: str, value: Any) -> bool:
    return FROM_INTERPRETER[name][1][field](value)


def test_every_kind_is_tried() -> None:
    assert RIGHT.keys() == FROM_INTERPRETER.keys()
    for name, right in RIGHT.items():
        assert all(_fits(name, field, value) for field, value in right.items())


def test_a_malformed_frame_while_a_block_runs_is_refused_and_the_run_goes_on(lend: MakeBench) -> None:
    """Every one is refused; in the REPL, one for each reason is forged."""
    frames = malformed()
    assert {f"{name}: bad {field}" for name, right in RIGHT.items() for field in right} < frames.keys()
    run = lend(FURNISHED)
    for reason, text in frames.items():
        result = run(f"{FORGE}\nimport time\nforge({text!r}, [1])\ntime.sleep(30)")
        assert (result.status, f"code wrote to the channel of the REPL ({reason})" in result.stderr) == (
            "interpreter_died",
            True,
        ), text[:200]
    assert run("print(context)").stdout == "CONTEXT\n"


def test_a_malformed_frame_between_two_blocks_is_refused_and_the_run_goes_on(lend: MakeBench) -> None:
    """As while the root model thinks."""
    run = lend(FURNISHED)
    for name, right in RIGHT.items():
        life = forge_between(run, json.dumps({"type": name, **right, "id": "FORGED", "problem": 5, "content": 5}))
        while run.repl._kernel.life == life:  # pyright: ignore[reportPrivateUsage]
            time.sleep(0.01)
        result = run("print(context)")
        assert (result.stdout, "variables lost" in result.stderr) == ("CONTEXT\n", True)


def forge_between(run: Bench, text: str, after_s: float = 0.05) -> int:
    """Has it forged once a block is over, however long that takes here; says in which life of the kernel."""
    life = run.repl._kernel.life  # pyright: ignore[reportPrivateUsage]
    ended = run(f"{FORGE}\nthreading.Timer({after_s}, forge, [{text!r}, [1]]).start()")
    return life if ended.status == "ok" else forge_between(run, text, 4 * after_s)


@pytest.mark.parametrize(("kind", "name"), OF_EACH_KIND)
@pytest.mark.parametrize("extra", [{}, {"extra": ["x"] * 100, "status": "ok"}], ids=["right", "with more"])
def test_a_thread_that_forges_all_the_time_in_a_run(lend: MakeBench, name: str, extra: dict[str, Any]) -> None:
    """Before, in and after a code block, and while a history is loaded."""
    run = lend(FURNISHED)
    first = next_id(run)
    size = LOADED_CHARS + first
    run(FORGE)
    run(forging({**extra, "type": name, **RIGHT[name]}, first))
    for number in range(3):
        assert run.repl.add_history([{"role": "user", "content": "h" * size}], number) == number
        assert run("mine = 1").status in ("ok", "interpreter_died")
    if name in HARMLESS:
        assert run("stop.set()\nprint(context, mine)").stdout == "CONTEXT 1\n"
    end_forging(run)
    assert run("print(context, len(history_2[0]['content']))").stdout == f"CONTEXT {size}\n"
    assert next_id(run) <= first + IDS


@pytest.mark.parametrize(("kind", "name"), OF_EACH_KIND)
def test_a_thread_that_forges_all_the_time_in_a_session(lend: MakeBench, name: str) -> None:
    """Between two turns, while the next one begins and while it loads its context: it goes on, or ends typed."""
    run = lend(OF_A_SESSION)
    first = next_id(run)
    run(FORGE)
    run(forging({"type": name, **RIGHT[name]}, first))
    run("kept = 1")
    assert run.repl.end_turn()
    turn: Bench | None = None
    try:
        turn = next_turn(run)
        turn.repl.add_context("x" * LOADED_CHARS + f"{first}", 1)
    except (EnvironmentFailure, ContextFailure) as failure:
        assert name not in HARMLESS
        assert failure.code in ("session_lost", "context_unreadable")
        return
    assert name not in ("load_failed", "loaded")
    end_forging(turn)
    assert turn(f"print(kept, context, context_1[{LOADED_CHARS - 1}:])").stdout == f"1 CONTEXT x{first}\n"
    assert next_id(turn) <= first + IDS
