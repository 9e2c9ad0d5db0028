"""The kernel as a program: with every Python it may meet, and alone with a pipe."""

from __future__ import annotations

import glob
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, TypeVar

import pytest
from repl_harness import is_running

from rlm_worker.kernel import bundle
from rlm_worker.kernel.frames import FrameBuffer, json_frame
from rlm_worker.kernel.messages import FROM_SUPERVISOR, Ended, Lost, Output, Request, Started, parse

M = TypeVar("M")
KERNEL = Path(bundle.__file__).parent


def pythons(old: bool) -> list[str]:
    """Interpreters on this machine that are too old, or not; ours is among the latter."""
    found = [sys.executable, *glob.glob(os.path.expanduser("~/.pyenv/versions/3.*/bin/python3"))]
    return [python for python in found if (_version(python) < (3, 9)) == old]


def _version(python: str) -> tuple[int, ...]:
    """By the folder that it is in: each process of the suite would start all of them."""
    if python == sys.executable:
        return sys.version_info[:2]
    return tuple(map(int, re.findall(r"\d+", Path(python).parts[-3])[:2]))


class Kernel:
    def __init__(self, python: str, scratch: Path) -> None:
        self.process = subprocess.Popen([python, *bundle.arguments()], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        scratch.mkdir()
        place = {"scratch": str(scratch), "removeScratch": True, "refuseSystemCalls": False}
        config = {**place, "limits": {}, "confinement": None, "captureChars": 1000}
        self.write(bundle.payload(config))
        self._frames = FrameBuffer(raw_allowed=False)
        self._messages: list[Any] = []
        self.send({"type": "configure", "id": 1, "replStyle": "docker", "tools": [], "compaction": False})

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: dict[str, Any]) -> None:
        self.write(json_frame(message))

    def until(self, kind: type[M]) -> M:
        assert self.process.stdout is not None
        while True:
            while self._messages:
                if isinstance(message := self._messages.pop(0), kind):
                    return message
            data = os.read(self.process.stdout.fileno(), 1 << 16)
            assert data, "the kernel ended"
            self._messages += [parse(*frame, FROM_SUPERVISOR) for frame in self._frames.feed(data)]

    def execute(self, block: int, code: str, life: int = 0) -> None:
        self.send({"type": "execute", "id": block, "life": life, "code": code, "seed": "seed", "timeoutMs": 60_000})


def test_every_module_is_in_the_bundle() -> None:
    assert {path.stem for path in KERNEL.glob("*.py")} == {*bundle.TEMPLATE_MODULES, "__init__", "bundle"}


@pytest.mark.parametrize("python", pythons(old=False))
def test_it_runs_with_this_python(python: str, tmp_path: Path) -> None:
    kernel = Kernel(python, tmp_path / "scratch")
    kernel.until(Started)
    kernel.execute(
        1, "def f():\n    raise ValueError('é')\nprint('out')\nanswer.update(content={'a': 1}, ready=True)\nf()"
    )
    assert kernel.until(Output).text == "out\n"
    done = kernel.until(Ended)
    assert done.error == (
        'Traceback (most recent call last):\n  File "<string>", line 5, in <module>\n'
        '  File "<string>", line 2, in f\nValueError: é\n'
    )
    assert done.final == '{"a": 1}'
    kernel.execute(2, "import os; os._exit(1)")
    assert kernel.until(Lost).life == 1
    kernel.execute(3, "print(1)")
    assert kernel.until(Ended).status == "interpreter_died"
    assert kernel.until(Ended).status == "not_run"
    kernel.execute(4, "print(2)", life=1)
    assert kernel.until(Ended).status == "ok"
    kernel.process.communicate()
    assert kernel.process.returncode == 0


@pytest.mark.parametrize("bytecode, compiles", [(bundle.BYTECODE, False), ("cpython-27 03f30d0a", True)])
def test_a_kernel_of_the_workers_python_compiles_nothing_and_any_other_compiles_what_it_is_sent(
    bytecode: str, compiles: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = json.dumps(dict.fromkeys(bundle.MODULES, "raise SystemExit('compiled')")).encode()
    monkeypatch.setattr(bundle, "BYTECODE", bytecode)
    monkeypatch.setattr(bundle, "_sources", lambda _: sources)
    kernel = Kernel(sys.executable, tmp_path / "scratch")
    if not compiles:
        kernel.until(Started)
    kernel.process.communicate()
    assert kernel.process.returncode == compiles


def test_compiled_modules_tell_nothing_of_where_they_are() -> None:
    assert str(KERNEL).encode() not in bundle.payload({})


@pytest.mark.parametrize("python", pythons(old=True))
def test_a_python_that_is_too_old_is_told(python: str) -> None:
    done = subprocess.run([python, *bundle.arguments()], input=b"", capture_output=True, check=False)
    assert done.returncode == 1
    assert b"the kernel needs Python 3.9 or newer, this is 3." in done.stderr


DEAF = """
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: pass
"""


@pytest.mark.parametrize("code", ["while True: pass", DEAF, "import time; time.sleep(1000)", "llm_query('x')"])
def test_the_end_of_its_stdin_ends_it_whatever_runs(code: str, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    kernel = Kernel(sys.executable, scratch)
    kernel.execute(1, "import os, subprocess\nc = subprocess.Popen(['sleep', '1000'], start_new_session=True)")
    kernel.execute(2, "print(os.getpid(), c.pid)")
    pids = [int(pid) for pid in kernel.until(Output).text.split()]
    kernel.execute(3, code)
    kernel.process.communicate()
    assert kernel.process.returncode == 0
    assert [pid for pid in pids if is_running(pid)] == []
    assert not scratch.exists()


def test_it_ends_in_the_middle_of_its_program(tmp_path: Path) -> None:
    for length in (0, 2, 100, 5000):
        process = subprocess.Popen([sys.executable, *bundle.arguments()], stdin=subprocess.PIPE)
        process.communicate(bundle.payload({})[:length])
        assert process.returncode == 0


@pytest.mark.slow
def test_a_worker_that_reads_nothing_holds_the_interpreter_back(tmp_path: Path) -> None:
    kernel = Kernel(sys.executable, tmp_path / "scratch")
    kernel.execute(1, "from concurrent.futures import ThreadPoolExecutor as Pool")
    assert kernel.until(Ended).status == "ok"
    kernel.execute(2, "with Pool(24) as pool: list(pool.map(llm_query, ['x' * 1_000_000] * 24))")
    for _ in range(24):
        request = kernel.until(Request)
        assert len(request.prompts[0]) == 1_000_000
        kernel.send({"type": "reply", "id": request.id, "results": ["done"]})
    assert kernel.until(Ended).status == "ok"
    kernel.process.communicate()
