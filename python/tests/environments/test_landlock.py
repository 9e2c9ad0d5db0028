"""The environment that confines itself: what it is given, how it stops, and what is said where it cannot be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from repl_harness import MakeBench, benches
from worker_harness import Worker, spec

from rlm_worker.environments.landlock import availability

pytestmark = pytest.mark.slow


@pytest.fixture
def make() -> Iterator[MakeBench]:
    yield from benches("landlock")


def test_options_bound_it(make: MakeBench) -> None:
    options = {"memoryMb": 2000, "cpus": 2, "cpuSeconds": 77, "pidsLimit": 20, "fileSizeMb": 3, "openFiles": 300}
    run = make(options=options)
    limits = "print([resource.getrlimit(getattr(resource, 'RLIMIT_' + name)) for name in "
    shown = run(f"import os, resource\n{limits}('AS', 'CPU', 'FSIZE', 'NOFILE', 'CORE')])").stdout
    assert shown == f"{[(n, n) for n in (2000 << 20, 77, 3 << 20, 300, 0)]}\n"
    processors = run("print(len(os.sched_getaffinity(0)))").stdout
    assert int(processors) == min(2, len(os.sched_getaffinity(0)))
    bomb = run("import threading\nwhile True: threading.Thread(target=threading.Event().wait, daemon=True).start()")
    assert "can't start new thread" in bomb.stderr
    assert run("print(10 < threading.active_count() < 20)").stdout == "True\n"


def test_it_is_given_its_language_and_its_folder_and_nothing_else(make: MakeBench) -> None:
    printed = make()("import os\nprint(sorted(os.environ), os.environ['HOME'] == os.getcwd())").stdout
    names = {"HOME", "PYTHONHASHSEED", "RLM_BRIDGE_KERNEL", "TMPDIR"}
    languages = {"LANG", "LC_ALL", "LC_CTYPE", "TZ"} & set(os.environ)
    assert printed == f"{sorted(names | languages)} True\n"


def test_sub_calls_contexts_and_tools_are_those_of_any_kernel(make: MakeBench) -> None:
    context = {"a.txt": "one", "b.txt": "two" * 1000}
    run = make(context_payload=context, custom_tools={"double": "def double(n): return 2 * n"})
    result = run("print(llm_query_batched(['x', 'y']), double(21), len(context['b.txt']))")
    assert (result.stdout, result.stderr) == ("['echo:x', 'echo:y'] 42 3000\n", "")


def test_memory_that_is_not_there_is_an_error_and_a_time_limit_keeps_variables(make: MakeBench) -> None:
    run = make(options={"memoryMb": 300, "cellTimeoutMs": 300})
    run("kept = 5")
    assert "MemoryError" in run("x = bytearray(400 << 20)").stderr
    timed_out = run("while True: pass")
    assert (timed_out.status, timed_out.stderr) == (
        "timed_out",
        "\nCode block timed out after 0.3 s; variables kept",
    )
    assert run("print(kept)").stdout == "5\n"


def test_processor_time_is_bounded(make: MakeBench) -> None:
    result = make(options={"cpuSeconds": 1})("while True: pass")
    assert (result.status, "killed by SIG" in result.stderr) == ("interpreter_died", True)


def test_it_dies_with_its_supervisor(make: MakeBench) -> None:
    asks = "import ctypes\nn = ctypes.c_int()\nctypes.CDLL(None).prctl(2, ctypes.byref(n))\nprint(n.value)"
    assert make()(asks).stdout == "9\n"


ABSENT = {
    "no Landlock": ("0, 444, 38", "Use Linux 5.13 or newer and the runtime's own profile"),
    "Landlock switched off": ("0, 444, 95", "Add it to the kernel's parameter lsm="),
    "no seccomp": ("16, 21, 22", "Use one built with them"),
}
"""What to look at in a system call (its number, or its first argument), the value, and the error that it fails with."""

WITHOUT = """
import ctypes, platform
from rlm_worker.kernel import seccomp
at, value, error = {call}
PRCTL = {{"x86_64": 157, "aarch64": 167}}[platform.machine()]
number = [] if at == 0 else [(0x20, 0, 0, 0), (0x15, 1, 0, PRCTL), seccomp.ALLOW]
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
seccomp.install([*number, (0x20, 0, 0, at), (0x15, 0, 1, value), seccomp.failing(error), seccomp.ALLOW])
"""
"""A filter stays: each is that of a worker."""


@pytest.mark.parametrize(("call", "advice"), ABSENT.values(), ids=ABSENT.keys())
def test_a_machine_that_lacks_it_is_told_what_to_do(call: str, advice: str, tmp_path: Path) -> None:
    with Worker(changes=WITHOUT.format(call=call)) as worker:
        told = worker.run(spec("http://127.0.0.1:9", tmp_path, environment="landlock")).terminal
    assert told["code"] == "landlock_unavailable"
    assert told["message"].startswith("environment 'landlock' cannot be used: ")
    assert advice in told["message"]
    assert "or use environment 'docker', which needs Docker or Podman" in told["message"]


def test_root_that_may_not_change_its_user_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setattr(availability, "_capabilities", lambda: 0x20)
    assert "Run as another user" in (availability._without_users() or "")  # pyright: ignore[reportPrivateUsage]
