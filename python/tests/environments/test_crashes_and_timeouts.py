"""Code that hangs, dies or breaks its interpreter: a status, a message to the model, and the next code block runs."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

import pytest
from repl_harness import Bench, MakeBench, container_exists, is_running

from rlm_worker.errors import EnvironmentFailure

pytestmark = pytest.mark.slow

DEATHS = {
    "os._exit": ("import os; os._exit(3)", "exit status 3"),
    "segmentation fault": ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
    "killed by itself": ("import os; os.kill(os.getpid(), 9)", "SIGKILL"),
    "exec": ("import os; os.execvp('true', ['true'])", "exit status 0"),
    "abort": ("import os; os.abort()", "SIGABRT"),
    "closed channel": ("import os; os.closerange(3, 4096)", "exit status 1"),
    "channel replaced": ("import os; os.dup2(os.open('/dev/null', os.O_RDWR), 3)", "exit status 1"),
    "writer's end shut": (
        "import socket, time; s = socket.socket(fileno=3); s.shutdown(socket.SHUT_WR); time.sleep(60)",
        "it closed its channel",
    ),
    "recursion in C": (
        "import sys; sys.setrecursionlimit(10**8)\nx = y = 0\nfor _ in range(200_000): x, y = [x], [y]\nx == y",
        "SIGSEGV",
    ),
}
FURNISHED = {"context_payload": "CONTEXT", "custom_tools": {"tool": "def tool(): return 7"}}
"""All that the successor of an interpreter gets again."""

STUBBORN = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nsignal.pause()"


@pytest.mark.parametrize(("code", "reason"), DEATHS.values(), ids=DEATHS.keys())
def test_an_interpreter_that_dies_is_replaced(lend: MakeBench, code: str, reason: str) -> None:
    run = lend(FURNISHED)
    run("mine = 1\nalso = 2")
    run.repl.add_history([{"role": "user", "content": "h"}])
    result = run("print('before', flush=True)\n" + code)
    assert (result.status, result.stdout, result.final_answer) == ("interpreter_died", "before\n", None)
    assert reason in result.stderr
    assert result.stderr.endswith("; interpreter restarted; variables lost: mine, also")
    after = run("print(context, history[0]['content'], tool(), llm_query('x'), 'mine' in globals())")
    assert (after.stdout, after.stderr) == ("CONTEXT h 7 echo:x False\n", "")


def test_a_death_between_code_blocks_is_told_in_the_next(run: Bench) -> None:
    run("import threading, time, os\nx = 1\ngo = threading.Event()")
    started = run("threading.Thread(target=lambda: (time.sleep(0.05), os._exit(4))).start()")
    result = started
    while result.status == "ok" and not result.stderr:
        result = run("time.sleep(0.02)" if result is started else "import time")
    assert "died" in result.stderr
    assert "variables lost: threading, time, os, x, go" in result.stderr
    assert run("print('fine')").stdout == "fine\n"


def test_a_busy_loop_is_interrupted_and_variables_stay(run: Bench) -> None:
    run("kept = 5")
    result = run.within(300, "print('going', flush=True)\nanswer['content'] = 'partial'\nwhile True: pass")
    assert (result.status, result.stdout) == ("timed_out", "going\n")
    assert result.stderr == "\nCode block timed out after 0.3 s; variables kept"
    assert run.repl.answer_content == "partial"
    assert run.patiently("print(kept)").stdout == "5\n"


@pytest.mark.parametrize(
    "code",
    ["import time; time.sleep(100)", "import os; os.system('sleep 100')", "import threading; threading.Event().wait()"],
)
def test_waits_are_interrupted_too(make_local: MakeBench, code: str) -> None:
    assert make_local(options={"cellTimeoutMs": 200})(code).status == "timed_out"


def test_code_that_will_not_be_interrupted_loses_its_variables(lend: MakeBench) -> None:
    run = lend(FURNISHED)
    run("mine = 1")
    run("import subprocess\n_child = subprocess.Popen(['sleep', '987654'], start_new_session=True)\ndel subprocess")
    result = run.within(200, STUBBORN)
    assert result.status == "timed_out"
    assert result.stderr == "\nCode block timed out after 0.2 s; interpreter restarted; variables lost: mine"
    assert run.patiently("print(context, 'mine' in globals())").stdout == "CONTEXT False\n"
    listed = run("import glob\nfor path in glob.glob('/proc/[0-9]*/cmdline'): print(open(path).read())")
    assert "sleep\x00987654" not in listed.stdout


def test_waiting_for_sub_calls_is_not_counted(run: Bench) -> None:
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(run.within(100, "print(llm_query('wait'))")))
    thread.start()
    assert run.router.arrived()
    thread.join(0.5)  # several times the limit: the code block must still be there
    assert thread.is_alive()
    run.router.release()
    thread.join(30)
    assert (results[0].status, results[0].stdout) == ("ok", "echo:wait\n")
    run.patiently("")


def test_memory_exhausted(kind: str, make: MakeBench) -> None:
    run = make(options={"memoryMb": 256})
    result = run("x = []\nwhile True: x.append(bytearray(10_000_000))")
    if kind == "local":
        assert (result.status, "MemoryError" in result.stderr) == ("error", True)
    else:
        assert (result.status, "SIGKILL, most likely out of memory" in result.stderr) == ("interpreter_died", True)
    assert run("x = None; print('after')").stdout == "after\n"


def test_poisoned_builtins_and_modules(run: Bench) -> None:
    run("import builtins as b, json, sys, os\nb.len = b.isinstance = b.print = b.dict = b.__import__ = None")
    assert run("print(len('abc'))").stdout == "3\n"
    poison = "json.dumps = json.loads = json.JSONEncoder = None\nos.write = os.read = None\nsys.modules.clear()"
    assert run(poison + "\nanswer['content'] = llm_query('x')").status == "ok"
    assert run("answer['ready'] = True").final_answer == "echo:x"


def test_a_killed_supervisor_is_a_typed_failure_and_leaves_nothing(make_local: MakeBench) -> None:
    run = make_local()
    run("import os, subprocess\nchild = subprocess.Popen(['sleep', '1000'], start_new_session=True)")
    pids = run("print(os.getppid(), os.getpid(), child.pid)")
    supervisor, interpreter, child = map(int, pids.stdout.split())
    os.kill(supervisor, signal.SIGKILL)
    with pytest.raises(EnvironmentFailure, match="the REPL is gone") as failure:
        run("print(1)")
    assert failure.value.code == "environment_died"
    run.repl.cleanup()
    assert not is_running(interpreter)
    assert not is_running(child)


def test_a_killed_container_is_a_typed_failure_and_leaves_nothing(make_docker: MakeBench) -> None:
    run = make_docker()
    results: list[BaseException] = []

    def busy() -> None:
        try:
            run("print('on', flush=True)\nwhile True: pass")
        except EnvironmentFailure as failure:
            results.append(failure)

    thread = threading.Thread(target=busy)
    thread.start()
    assert run.recorder.first_output.wait(30)
    os.system(f"docker kill {run.container} >/dev/null")
    thread.join(30)
    assert "the REPL is gone" in str(results[0])
    run.repl.cleanup()
    assert not container_exists(run.container)


def test_cleanup_is_idempotent_and_leaves_nothing(kind: str, make: MakeBench) -> None:
    run = make()
    with run.repl as repl:
        folder = repl.execute_code("import os; open('file', 'w').write('x'); print(os.getcwd())").stdout.strip()
    repl.cleanup()
    if kind == "local":
        assert not os.path.exists(folder)
    else:
        assert not container_exists(run.container)
    with pytest.raises(EnvironmentFailure):
        repl.execute_code("1")
