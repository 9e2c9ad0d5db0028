"""One REPL over the turns of a session: what stays, what is stopped, and that no turn hears of the last one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from repl_harness import ADDRESS, HOLDS_THE_GIL, Bench, MakeBench, Recorder, SubCalls
from test_stop import stop_while

from rlm_worker.cancel import RunStopped, StopSignal
from rlm_worker.context import no_context
from rlm_worker.environments.block_result import BlockResult
from rlm_worker.errors import EnvironmentFailure

pytestmark = pytest.mark.slow


def next_turn(run: Bench, stop: StopSignal | None = None) -> Bench:
    """What the next run of the session does with the REPL that the last one left, first thing."""
    repl = run.repl
    stop = stop or StopSignal()
    turn = Bench(repl, "turn", stop, Recorder(), SubCalls(stop))
    host = repl._host._replace(  # pyright: ignore[reportPrivateUsage]
        stop=turn.stop,
        observer=turn.recorder,
        router=lambda address: turn.router,
    )
    repl.begin_turn(host, None)
    repl.update_handler_address(ADDRESS)
    return turn


def stopped_in(run: Bench, code: str, ready: Callable[[], object] | None = None, first: str = "") -> None:
    """What comes ``first`` has been run by the time of the stop."""
    stop_while(run, f"{first}\nprint('on', flush=True)\n{code}", ready or (lambda: run.recorder.first_output.wait(30)))
    assert run.repl.end_turn()


FIRST: dict[str, Any] = {"lasting": True, "context_payload": "first"}


@pytest.fixture
def lasting(lend: MakeBench) -> Bench:
    """Of a session, with its first context."""
    return lend(FIRST)


def test_variables_contexts_and_histories_accumulate(make: MakeBench) -> None:
    lasting = make(**FIRST)
    lasting("mine = 1")
    lasting.repl.add_history([{"role": "user", "content": "h0"}])
    assert lasting.repl.end_turn()
    second = next_turn(lasting)
    second.repl.add_context(["second"])
    result = second("print(mine, context, context_0, context_1, history[0]['content'], answer)")
    assert result.stdout == "1 first first ['second'] h0 {'content': '', 'ready': False}\n"
    assert (second.repl.get_context_count(), second.repl.get_history_count()) == (2, 1)
    assert (second.recorder.started, len(second.recorder.contexts)) == ([], 1)


def test_the_newest_context_once_more_adds_nothing(make: MakeBench) -> None:
    lasting = make(**FIRST)
    empty = no_context()
    assert lasting.repl.newest_context is None
    assert lasting.repl.add_context(empty) == lasting.repl.add_context(empty) == 1
    assert lasting.repl.newest_context is empty
    assert lasting("print(repr(context_1), 'context_2' in globals())").stdout == "'' False\n"


INTERRUPTED = {
    "a busy loop": "while True: pass",
    "time.sleep": "import time\ntime.sleep(1000)",
    "a wait for a thread": "import threading\nthreading.Event().wait()",
    "a wait for a program": "import subprocess\nsubprocess.run(['sleep', '1000'])",
    "a loop that goes on after one exception": (
        "import time\ntry:\n    time.sleep(1000)\nexcept BaseException:\n    print('cleaning up', flush=True)"
    ),
}


@pytest.mark.parametrize("code", INTERRUPTED.values(), ids=INTERRUPTED.keys())
def test_what_is_stopped_leaves_its_variables_and_nothing_else(lasting: Bench, code: str) -> None:
    first = "kept = 5\nanswer['content'] = 'half'"
    stopped_in(lasting, f"{code}\nanswer['content'] = 'late'\nanswer['ready'] = True", first=first)
    assert lasting.repl.answer_content == "half"
    heard = len(lasting.recorder.outputs)
    turn = next_turn(lasting)
    assert turn.repl.answer_content is None
    result = turn("print(kept, context, answer)")
    assert (result.status, result.stderr, result.final_answer) == ("ok", "", None)
    assert result.stdout == "5 first {'content': '', 'ready': False}\n"
    assert turn.recorder.live("stdout") == result.stdout
    assert len(lasting.recorder.outputs) == heard


def test_a_stop_before_the_interpreter_has_begun_the_block(lasting: Bench) -> None:
    """The block is on its way, and the interpreter still at another."""
    kernel = lasting.repl._kernel  # pyright: ignore[reportPrivateUsage]
    life = kernel.life
    for round_ in range(20):
        turn = next_turn(lasting) if round_ else lasting
        timer = threading.Timer(round_ / 2000, lambda turn=turn: turn.stop.stop("cancelled", "enough"))
        timer.start()
        with pytest.raises(RunStopped):
            turn("while True: pass")
        timer.join()
        turn.repl.end_turn()
    assert next_turn(lasting)("print(context)").stdout == "first\n"
    assert kernel.life == life


SUB_CALLS = {
    "one": "llm_query('wait')",
    "a batch": "llm_query_batched(['wait'] * 5)",
    "one after the other, whatever comes": "while True: llm_query('wait')",
    "threads that the block waits for": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(4) as pool: list(pool.map(llm_query, ['wait'] * 40))"
    ),
}


@pytest.mark.parametrize("code", SUB_CALLS.values(), ids=SUB_CALLS.keys())
def test_a_stop_in_a_sub_call(lasting: Bench, code: str) -> None:
    run = lasting
    run("kept = 7")
    stopped_in(run, code, run.router.arrived)
    turn = next_turn(run)
    assert turn("print(kept, llm_query('mine'))").stdout == "7 echo:mine\n"
    assert [asked[0] for asked in turn.router.asked] == [["mine"]]
    assert len(turn.repl._service.take_calls()) == 0  # pyright: ignore[reportPrivateUsage]


STUBBORN = {
    "ignores the signal": (
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('on', flush=True)\nsignal.pause()"
    ),
    "swallows it again and again": (
        "import time\nwhile True:\n    try:\n        print('on', flush=True)\n        time.sleep(1000)\n"
        "    except BaseException:\n        pass"
    ),
    "is in C": f"{HOLDS_THE_GIL}\nprint('on', flush=True)\nhold_the_gil()",
}
"""Each is stopped once it has said that it will not be interrupted from now on."""


@pytest.mark.parametrize("code", STUBBORN.values(), ids=STUBBORN.keys())
def test_a_block_that_will_not_be_interrupted_loses_the_session(lasting: Bench, code: str) -> None:
    stop_while(lasting, code, lambda: lasting.recorder.first_output.wait(30))
    assert lasting.repl.end_turn()
    with pytest.raises(EnvironmentFailure, match="did not stop when interrupted") as lost:
        next_turn(lasting)
    assert lost.value.code == "session_lost"


def test_an_interpreter_that_dies_between_turns_loses_the_session(lasting: Bench) -> None:
    life = lasting.repl._kernel.life  # pyright: ignore[reportPrivateUsage]
    lasting("import os, threading\nthreading.Timer(0.2, os._exit, [3]).start()")
    assert lasting.repl.end_turn()
    while lasting.repl._kernel.life == life:  # pyright: ignore[reportPrivateUsage]
        time.sleep(0.01)
    with pytest.raises(EnvironmentFailure, match="exit status 3") as lost:
        next_turn(lasting)
    assert lost.value.code == "session_lost"


def test_an_interpreter_that_dies_within_a_turn_does_not(lasting: Bench) -> None:
    assert lasting("mine = 1\nimport os\nos._exit(3)").status == "interpreter_died"
    assert lasting("print(context)").stdout == "first\n"
    assert lasting.repl.end_turn()
    assert next_turn(lasting)("print(context, 'mine' in globals())").stdout == "first False\n"


def test_a_kernel_that_is_gone_loses_the_session(lasting: Bench) -> None:
    assert lasting.repl.end_turn()
    process = lasting.repl._kernel._process  # pyright: ignore[reportPrivateUsage]
    assert process is not None
    process.kill()
    while lasting.repl._kernel._inbox.ended is None:  # pyright: ignore[reportPrivateUsage]
        time.sleep(0.01)  # a template kills its forks in its own time
    with pytest.raises(EnvironmentFailure) as lost:
        next_turn(lasting)
    assert lost.value.code == "session_lost"


def test_a_turn_that_is_stopped_while_it_waits_for_the_last_one(lasting: Bench) -> None:
    """The block swallows the interrupt and ends by itself, later than the second turn is stopped."""
    sleeps = "print('on', flush=True)\n    time.sleep(1000)"
    code = f"import time\nkept = 1\ntry:\n    {sleeps}\nexcept BaseException:\n    time.sleep(0.8)"
    stop_while(lasting, code, lambda: lasting.recorder.first_output.wait(30))
    assert lasting.repl.end_turn()
    stop = StopSignal()
    timer = threading.Timer(0.1, lambda: stop.stop("cancelled", "no patience"))
    timer.start()
    with pytest.raises(RunStopped, match="no patience"):
        next_turn(lasting, stop)
    timer.join()
    assert next_turn(lasting)("print(kept)").stdout == "1\n"


def test_a_stop_while_a_context_is_loaded_leaves_no_context(make: MakeBench) -> None:
    lasting = make(**FIRST)
    timer = threading.Timer(0.02, lambda: lasting.stop.stop("cancelled", "enough"))
    timer.start()
    with pytest.raises(RunStopped, match="enough"):
        while True:
            lasting.repl.add_context("x" * (64 << 20))
    timer.join()
    assert lasting.repl.end_turn()
    turn = next_turn(lasting)
    added = turn.repl.add_context("the next")
    assert turn(f"print(context, context_{added})").stdout == "first the next\n"


def test_what_a_thread_asks_between_turns_is_refused(lasting: Bench) -> None:
    lasting("import threading\ngo, heard = threading.Event(), []")
    lasting("threading.Thread(target=lambda: (go.wait(), heard.append(llm_query('stray')))).start()")
    lasting("threading.Timer(0.3, go.set).start()")
    assert lasting.repl.end_turn()
    time.sleep(1)
    turn = next_turn(lasting)
    assert turn("print(heard)").stdout == "['Error: no run is going on in this REPL']\n"
    assert (lasting.router.asked, turn.router.asked) == ([], [])


def test_a_call_under_way_at_the_end_of_a_turn_is_cut_off(lasting: Bench) -> None:
    run = lasting
    run("import threading\nheard = []\nthreading.Thread(target=lambda: heard.append(llm_query('wait'))).start()")
    assert run.router.arrived()
    assert run.repl.end_turn()
    assert (run.stop.code, run.stop.message) == ("ended", "The run has ended.")
    result: BlockResult = next_turn(run)("while not heard: pass\nprint(heard)")
    assert "The run has ended." in result.stdout
