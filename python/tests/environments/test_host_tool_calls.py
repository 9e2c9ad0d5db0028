"""Functions of the host in the REPL: called like Python functions, from any thread, and never waited for in vain."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from repl_harness import Bench, MakeBench

from rlm_worker.cancel import RunStopped, StopSignal
from rlm_worker.environments.tools import HostTool

pytestmark = pytest.mark.slow

PARAMETERS = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "limit": {"type": "integer", "default": 10},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["id"],
}
LOOKUP = HostTool("Finds a customer.", PARAMETERS, {"type": "string"})
ANYTHING = HostTool("Takes what it is given.", {"type": "object", "additionalProperties": True}, None)


class Host:
    """Answers with what it was asked; ``fails`` raises, ``waits`` waits for ``release`` or until it is not wanted."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.arrived = threading.Semaphore(0)
        self.release = threading.Event()
        self.unwanted: list[StopSignal] = []

    def __call__(self, name: str, arguments: dict[str, Any], unwanted: StopSignal) -> dict[str, str]:
        self.asked.append((name, arguments))
        self.unwanted.append(unwanted)
        self.arrived.release()
        if name == "fails":
            return {"error": "no such customer"}
        if name == "stops":
            raise RunStopped("cancelled", "the run was cancelled")
        if name == "waits":
            unwanted.on_stop(self.release.set)
            assert self.release.wait(60)
        return {"value": json.dumps({"asked": arguments} if name == "echo" else f"{name}:{arguments.get('id')}")}


@pytest.fixture
def host() -> Host:
    return Host()


NAMES = ("fails", "stops", "waits")
WITH_TOOLS = {
    "custom_tools": {
        name: {"tool": tool, "description": "shown to the model"}
        for name, tool in {"lookup": LOOKUP, "echo": ANYTHING, **dict.fromkeys(NAMES, ANYTHING)}.items()
    }
}


@pytest.fixture
def run(lend: MakeBench, host: Host) -> Bench:
    return lend(WITH_TOOLS, call_tool=host)


def test_by_position_and_by_name(run: Bench, host: Host) -> None:
    result = run("print(lookup(1), lookup(id=2), lookup(3, 4, ['a']), lookup(5, tags=('b', 'c')))")
    assert (result.stdout, result.stderr) == ("lookup:1 lookup:2 lookup:3 lookup:5\n", "")
    given = [{"id": 1}, {"id": 2}, {"id": 3, "limit": 4, "tags": ["a"]}, {"id": 5, "tags": ["b", "c"]}]
    assert host.asked == [("lookup", arguments) for arguments in given]


def test_it_is_a_function_that_can_be_asked_about(run: Bench) -> None:
    code = """
import inspect
print(lookup.__name__, inspect.signature(lookup), lookup.__doc__)
help(lookup)
"""
    shown = run(code).stdout
    assert shown.startswith("lookup (id: int, limit: int = 10, tags: list[str] = None) -> str Finds a customer.\n")
    assert "Help on function lookup" in shown


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("lookup()", "TypeError: lookup(): missing a required argument: 'id'"),
        ("lookup(1, nope=2)", "TypeError: lookup(): got an unexpected keyword argument 'nope'"),
        ("lookup(1, 2, [], 4)", "TypeError: lookup(): too many positional arguments"),
        ("lookup(1, id=1)", "TypeError: lookup(): multiple values for argument 'id'"),
        ("echo({1, 2})", "TypeError: echo(): too many positional arguments"),
        ("echo(a={1, 2})", "TypeError: echo(): a set is no JSON value"),
        ("echo(a=2 ** 53)", "ValueError: echo(): an int beyond"),
        ("echo(a='x' * 70_000_000)", "ValueError: echo(): 70000"),
        ("echo(a=list(range(400_000)))", "ValueError: echo(): more than 1048576 bytes in one message"),
        ("fails(id=1)", "RuntimeError: tool fails: no such customer"),
    ],
)
def test_what_goes_wrong_is_raised_where_it_was_called(run: Bench, host: Host, call: str, error: str) -> None:
    result = run(f"try:\n    {call}\nexcept Exception as e:\n    print('caught')\n    raise")
    assert result.stdout == "caught\n"
    assert error in result.stderr
    assert host.asked == ([("fails", {"id": 1})] if "fails" in call else [])


def test_values_of_every_kind(run: Bench) -> None:
    code = """
given = dict(text='x \\u2028 \\U0001f58b', nothing=None, yes=True, whole=-2**53 + 1, half=0.5, list=[[], {}], d={'': 1})
print(echo(**given) == {'asked': given}, echo(**{'user-id': 1})['asked'])
"""
    assert run(code).stdout == "True {'user-id': 1}\n"


def test_a_large_result_of_numbers_arrives(lend: MakeBench) -> None:
    """More structure than one message may have: it travels as text."""
    rows = [[n, n * 2] for n in range(100_000)]
    run = lend(WITH_TOOLS, call_tool=lambda *_: {"value": json.dumps(rows)})
    shown = run("rows = echo(); print(len(rows), rows[-1], rows[-1][0] + 1)").stdout
    assert shown == "100000 [99999, 199998] 100000\n"


def test_a_name_put_over_a_tool_is_gone_in_the_next_code_block(run: Bench) -> None:
    assert run("kept, lookup = lookup, None; print(kept(1))").stdout == "lookup:1\n"
    assert run("print(lookup(2), 'lookup' in SHOW_VARS())").stdout == "lookup:2 False\n"


def test_calls_of_many_threads_wait_at_once(run: Bench, host: Host) -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(16) as pool:
    print(list(pool.map(lambda n: waits(id=n), range(16))))
"""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(run(code)))
    thread.start()
    for _ in range(16):
        assert host.arrived.acquire(timeout=60)
    host.release.set()
    thread.join(60)
    assert results[0].stdout == str([f"waits:{n}" for n in range(16)]) + "\n"


def test_a_thousand_calls_of_sixteen_threads(run: Bench, host: Host) -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(16) as pool:
    print(sum(text == f'lookup:{n}' for n, text in enumerate(pool.map(lookup, range(1000)))))
"""
    assert run(code).stdout == "1000\n"
    assert sorted(arguments["id"] for _, arguments in host.asked) == list(range(1000))


def test_sub_calls_and_tools_share_the_pipe(run: Bench) -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(8) as pool:
    asked = [pool.submit(llm_query if n % 2 else lookup, str(n) if n % 2 else n) for n in range(100)]
print(all(one.result() == (f'echo:{n}' if n % 2 else f'lookup:{n}') for n, one in enumerate(asked)))
"""
    result = run(code)
    assert (result.stdout, len(result.rlm_calls)) == ("True\n", 50)


def test_a_tool_of_the_parent_only_is_not_there(make: MakeBench, host: Host) -> None:
    run = make(custom_tools={"lookup": LOOKUP}, custom_sub_tools={}, call_tool=host)
    assert "NameError: name 'echo' is not defined" in run("echo()").stderr
    frame = b'{"type":"tool_call","id":1,"tool":"echo","arguments":{}}'
    forged = f"""
import os
done = lookup(1)  # the reply to the forged one, of the same id space, is nobody's
frame = {frame!r}
os.write(3, b'J' + len(frame).to_bytes(4, 'big') + frame)
print(lookup(2))
"""
    assert run(forged).stdout == "lookup:2\n"
    assert host.asked == [("lookup", {"id": 1}), ("lookup", {"id": 2})]


def test_waiting_is_not_the_code_blocks_time(run: Bench, host: Host) -> None:
    threading.Thread(target=lambda: (host.arrived.acquire(timeout=60), run.stop.wait(4), host.release.set())).start()
    result = run.within(3_000, "print(waits(id=1))")
    assert (result.status, result.stdout) == ("ok", "waits:1\n")


def test_an_interpreter_that_dies_takes_its_calls_with_it(run: Bench, host: Host) -> None:
    code = """
import os, threading
threading.Thread(target=waits, daemon=True).start()
"""
    run(code)
    assert host.arrived.acquire(timeout=60)
    assert run("import os; os._exit(1)").status == "interpreter_died"
    assert host.release.wait(60)  # its call was given up
    assert run("print(lookup(7))").stdout == "lookup:7\n"
    assert [unwanted.stopped for unwanted in host.unwanted] == [True, False]


def test_a_call_under_way_does_not_hold_the_end_of_the_repl(run: Bench, host: Host) -> None:
    run("import threading; threading.Thread(target=waits, daemon=True).start()")
    assert host.arrived.acquire(timeout=60)
    run.repl.cleanup()
    assert host.unwanted[0].stopped


def test_a_stopped_run_unwinds_from_a_tool(run: Bench) -> None:
    with pytest.raises(RunStopped, match="the run was cancelled"):
        run("stops()")


def test_a_forked_child_is_told_that_it_cannot_ask(run: Bench, host: Host) -> None:
    code = """
import os
pid = os.fork()
if pid == 0:
    try:
        lookup(1)
    except RuntimeError as error:
        print(error, flush=True)
    os._exit(0)
os.waitpid(pid, 0)
"""
    assert "not in a forked child" in run(code).stdout
    assert host.asked == []
