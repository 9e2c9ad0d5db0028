"""A Python that confines itself as an interpreter does, and runs some code then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from rlm_worker.kernel import bundle

SOURCES = Path(bundle.__file__).parents[2]
PRELUDE = """
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
given = json.loads(sys.argv[1])
sys.path += given["packages"]
if given["version"] is not None:
    landlock.version = lambda: given["version"]
confinement.confine({"environment": {"KEPT": "1"}, "processes": given["processes"], "processors": 1}, given["scratch"])
"""
VERSIONS = (1, 2, 3, 5, 6, None)
"""Of Landlock, as older kernels have it; None is what this one has."""


def confined(
    code: str, scratch: Path, *, version: int | None = None, packages: tuple[str, ...] = (), processes: int = 20
) -> dict[str, Any]:
    """What the code found by ``attempt``: a value, or the name of an error."""
    given = {"scratch": str(scratch), "version": version, "packages": packages, "processes": processes}
    command = [sys.executable, "-c", f"{PRELUDE}\n{code}\nprint(json.dumps(found))", json.dumps(given)]
    environment = {"PYTHONPATH": str(SOURCES), "PATH": os.defpath, "SECRET": "x"}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False, start_new_session=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
