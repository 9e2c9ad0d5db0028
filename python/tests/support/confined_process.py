"""Processes that confine themselves as an interpreter does, and run some code then: all are forked from one Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from rlm_worker.kernel import bundle

SOURCES = Path(bundle.__file__).parents[2]
PROGRAM = """
import ctypes, errno, fcntl, json, os, signal, socket, subprocess, sys, threading
from rlm_worker.kernel import confinement, landlock, refusals, system_call_numbers
libc = ctypes.CDLL(None, use_errno=True)
found = {}
def attempt(name, action):
    try:
        found[name] = action() if callable(action) else action
    except OSError as error:
        found[name] = errno.errorcode[error.errno]
    except BaseException as error:
        found[name] = type(error).__name__
def confine():
    if given["version"] is not None:
        landlock.version = lambda: given["version"]
    config = {"environment": {"KEPT": "1"}, "processes": given["processes"], "processors": 1}
    confinement.confine(config, given["scratch"])
for line in sys.stdin:
    given = json.loads(line)
    if os.fork() == 0:
        signal.alarm(60)
        os.setsid()
        os.chdir(given["scratch"])
        sys.path += given["packages"]
        confine()
        exec(given["code"])
        print(json.dumps(found), flush=True)
        os._exit(0)
    if os.wait()[1] != 0:
        print("null", flush=True)
"""
VERSIONS = (1, 2, 3, 5, 6, None)
"""Of Landlock, as older kernels have it; None is what this one has."""


class Confined:
    """Calls of it return what the code found by ``attempt``: a value, or the name of an error."""

    def __init__(self, stdin: IO[str], stdout: IO[str]) -> None:
        self._stdin, self._stdout = stdin, stdout

    def __call__(
        self,
        code: str,
        scratch: Path,
        *,
        version: int | None = None,
        packages: tuple[str, ...] = (),
        processes: int = 20,
    ) -> dict[str, Any]:
        given = {"scratch": str(scratch), "version": version, "packages": packages, "processes": processes}
        self._stdin.write(json.dumps({**given, "code": code}) + "\n")
        self._stdin.flush()
        found = json.loads(self._stdout.readline())
        assert found is not None, "it says why on stderr"
        return found


@contextmanager
def confined_processes() -> Generator[Confined]:
    environment = {"PYTHONPATH": str(SOURCES), "PATH": os.defpath, "SECRET": "x"}
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(
        command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        yield Confined(process.stdin, process.stdout)
