"""What code sees and what survives, in both kernels: the official REPL without its known defects (2.6)."""

from __future__ import annotations

import pytest
from repl_harness import Bench, MakeBench

STATE = {
    "globals keep their meaning": (
        ["total = 0\ndef add():\n    global total\n    total += 1", "add(); add()"],
        "total",
        "2",
    ),
    "generator": (["g = (i for i in range(3))\nnext(g)"], "list(g)", "[1, 2]"),
    "iterator": (["i = iter('abc'); next(i)"], "''.join(i)", "bc"),
    "sqlite": (
        [
            "import sqlite3\ndb = sqlite3.connect(':memory:')",
            "db.executescript('create table t(a); insert into t values (7)')",
        ],
        "db.execute('select a from t').fetchone()",
        "(7,)",
    ),
    "functions beside a generator": (["f = lambda: 5\ng = (i for i in 'a')"], "f()", "5"),
    "private variable": (["_private = 1"], "_private", "1"),
    "assigned before an exception": (["before = 1\n1/0"], "before", "1"),
    "deleted variable": (["gone = 1", "del gone"], "'gone' in globals()", "False"),
    "class and instance": (["class A:\n    x = 1\na = A()", "A.x = 2"], "a.x", "2"),
    "closure": (["def outer():\n    n = 10\n    return lambda: n\nf = outer()"], "f()", "10"),
    "import": (["import math as m"], "m.floor(2.5)", "2"),
    "comprehension over a global": (["k = 3\nxs = [k * i for i in range(3)]"], "xs", "[0, 3, 6]"),
    "dataclass": (["from dataclasses import dataclass\n@dataclass\nclass P:\n    x: 'int'"], "P(1)", "P(x=1)"),
    "pickle": (["import pickle\nclass Q: pass"], "type(pickle.loads(pickle.dumps(Q()))) is Q", "True"),
    "eval and exec": (["exec('y = eval(\"1 + 1\")')"], "y", "2"),
    "name": ([""], "__name__", "__main__"),
    "recursion limit": (["import sys; sys.setrecursionlimit(60)"], "sys.getrecursionlimit() > 60", "True"),
    "working folder": (["import os; here = os.getcwd(); os.chdir('/')"], "os.getcwd() == here", "True"),
}
ERRORS = {
    "exception": ("print('before')\nraise ValueError('kaboom')", "ValueError: kaboom"),
    "syntax": ("def broken(:", "SyntaxError"),
    "sys.exit with a message": ("import sys; sys.exit('stop here')", "SystemExit: stop here"),
    "sys.exit with a status": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "GeneratorExit": ("raise GeneratorExit", "GeneratorExit"),
    "own BaseException": ("class E(BaseException): pass\nraise E('mine')", "E: mine"),
    "endless recursion": ("def f(): f()\nf()", "RecursionError"),
    "NUL in the code": ("x = '\0'", "null bytes"),
    "unprintable": ("class E(Exception):\n    def __str__(self): raise RuntimeError\nraise E", "E"),
    "input": ("input()", "EOFError"),
}

FURNISHED = {
    "context_payload": "ORIGINAL",
    "custom_tools": {
        "square": "def square(x):\n    return x * x",
        "indented": "    def indented(x):\n        return -x",
        "twice": {"tool": "lambda x: x * 2", "description": "doubles"},
        "NOTES": "line1\nline2",
        "PROSE": "def is a word",
        "CFG": {"vals": [1, {"u": "café ☕"}]},
        "PAIR": (1, "two"),
        "SET": {1, 2},
        "KEYS": {1: "one"},
        "host_function": print,
    },
}


@pytest.mark.parametrize(("blocks", "expression", "shown"), STATE.values(), ids=STATE.keys())
def test_state(shared: Bench, blocks: list[str], expression: str, shown: str) -> None:
    for block in blocks:
        shared(block)
    assert shared(f"print({expression})").stdout == shown + "\n"


@pytest.mark.parametrize(("code", "text"), ERRORS.values(), ids=ERRORS.keys())
def test_error(shared: Bench, code: str, text: str) -> None:
    result = shared(code)
    assert result.status == "error"
    assert text in result.stderr
    assert shared("print('next')").stdout == "next\n"


def test_sys_exit_without_a_message_ends_the_code_block_and_is_no_error(shared: Bench) -> None:
    result = shared("print('before')\nimport sys\nsys.exit(0)\nprint('after')")
    assert (result.status, result.stdout, result.stderr) == ("ok", "before\n", "")


def test_the_exception_reads_as_in_the_official_environment(run: Bench, kind: str) -> None:
    stderr = run("def f():\n    raise ValueError('msg')\nf()").stderr
    if kind == "local":
        assert stderr == "\nValueError: msg"
    else:
        head, *frames, last = stderr.strip().split("\n")
        assert (head, last) == ("Traceback (most recent call last):", "ValueError: msg")
        assert frames == ['  File "<string>", line 3, in <module>', '  File "<string>", line 2, in f']


def test_variables_shown(run: Bench) -> None:
    assert run("print(SHOW_VARS())").stdout == (
        "No variables created yet. Use ```repl``` blocks to create variables.\n"
    )
    run("b = 1\na = 'x'\n_hidden = 2")
    assert run("print(SHOW_VARS())").stdout == "Available variables: {'b': 'int', 'a': 'str'}\n"


def test_names_of_the_repl_are_restored(lend: MakeBench) -> None:
    run = lend(FURNISHED)
    run("llm_query = rlm_query = llm_query_batched = rlm_query_batched = SHOW_VARS = None\ncontext = 'mine'")
    again = run("print(llm_query('a'), llm_query_batched(['b']), rlm_query('c'), rlm_query_batched(['d']), context)")
    assert again.stdout == "echo:a ['echo:b'] echo:c ['echo:d'] ORIGINAL\n"
    run("del context, context_0, llm_query, __builtins__")
    assert run("print(context, context_0, llm_query('a'), len('abc'))").stdout == "ORIGINAL ORIGINAL echo:a 3\n"


def test_setup_code_runs_first(make_forked: MakeBench) -> None:
    assert make_forked(setup_code="ready_made = 41")("print(ready_made + 1)").stdout == "42\n"


def test_custom_tools(lend: MakeBench) -> None:
    run = lend(FURNISHED)
    shown = run("print(square(3), indented(1), twice(4), repr(NOTES), PROSE, CFG, PAIR, SET, KEYS)").stdout
    assert (
        shown == "9 -1 8 'line1\\nline2' def is a word {'vals': [1, {'u': 'café ☕'}]} (1, 'two') {1, 2} {1: 'one'}\n"
    )
    assert "does not exist in this REPL" in run("host_function('x')").stderr
    run("square = None")
    assert run("print(square(2))").stdout == "4\n"


def test_reserved_names_are_refused(make_local: MakeBench) -> None:
    with pytest.raises(ValueError, match="reserved"):
        make_local(custom_tools={"llm_query": "def llm_query(): pass"})


def test_a_tool_that_cannot_be_passed_is_named(make_local: MakeBench) -> None:
    with pytest.raises(TypeError, match="custom tool 'handle'"):
        make_local(custom_tools={"handle": object()})


def test_histories_and_contexts_are_versioned(make: MakeBench) -> None:
    run = make()
    assert [run.repl.add_context("A"), run.repl.add_context({"k": [1]})] == [0, 1]
    messages = [{"role": "user", "content": "orig"}]
    assert [run.repl.add_history(messages), run.repl.add_history([])] == [0, 1]
    messages[0]["content"] = "changed"
    assert (run.repl.get_context_count(), run.repl.get_history_count()) == (2, 2)
    shown = run("print(context, context_0, context_1, history[0]['content'], history_1)").stdout
    assert shown == "A A {'k': [1]} orig []\n"


def test_compaction_owns_history(make: MakeBench) -> None:
    run = make(compaction=True)
    assert run("print(history)").stdout == "[]\n"
    run.repl.append_compaction_entry([{"role": "user", "content": "turn"}])
    run("history = 'corrupted'")
    run.repl.append_compaction_entry({"type": "summary", "content": "kept"})
    assert run("print(len(history), history[-1]['content'])").stdout == "2 kept\n"
