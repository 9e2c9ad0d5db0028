"""The kernel as one payload for stdin, and the command that reads it. Runs in the worker only."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

PACKAGE = "rlm_kernel"
MODULES = (
    "codec",
    "json_values",
    "frames",
    "answer",
    "checks",
    "messages",
    "pipes",
    "output",
    "processes",
    "system_calls",
    "variables",
    "failures",
    "drafts",
    "requests",
    "queries",
    "signatures",
    "host_tools",
    "streams",
    "loading",
    "namespace",
    "randomness",
    "interpreter",
    "child",
    "calls",
    "asked",
    "clock",
    "reports",
    "supervisor",
)

_READ = """
import os, sys
sys.path[:] = [path for path in sys.path if path]
if sys.version_info < (3, 9): sys.exit("the kernel needs Python 3.9 or newer, this is " + sys.version.split()[0])
def take(n):
    data = b""
    while len(data) < n:
        more = os.read(0, n - len(data))
        if not more: os._exit(0)
        data += more
    return data
exec(take(int.from_bytes(take(4), "big")), {"take": take})
"""
HASH_SEED: dict[str, str] = {"PYTHONHASHSEED": "0"}
"""Sets have the same order in every life of a run. ``-I`` shuts out all of Python's variables, this one among them: so
it is for whoever starts the kernel to give it no other."""

PYTHON_VARIABLES = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "PYTHONINSPECT",
    "PYTHONOPTIMIZE",
    "PYTHONDEBUG",
    "PYTHONVERBOSE",
    "PYTHONWARNINGS",
    "PYTHONBREAKPOINT",
    "PYTHONPLATLIBDIR",
    "PYTHONEXECUTABLE",
    "PYTHONUSERBASE",
)
"""What an image may set, and is to mean nothing; an empty one is none."""

BOOTSTRAP = f"exec({_READ!r})"

_LOADER = """
import builtins, json, sys, types
bundle = json.loads(take(int.from_bytes(take(4), "big")))
package = sys.modules[bundle["package"]] = types.ModuleType(bundle["package"])
package.__path__ = []
own = dict(builtins.__dict__)
for name, source in bundle["modules"]:
    module = types.ModuleType(bundle["package"] + "." + name)
    module.__package__ = bundle["package"]
    module.__dict__["__builtins__"] = own
    sys.modules[module.__name__] = module
    setattr(package, name, module)
    exec(compile(source, "<kernel " + name + ">", "exec", dont_inherit=True), module.__dict__)
module.main(bundle["config"])
"""


def arguments() -> list[str]:
    """What follows the Python executable: without its user's packages, unbuffered, the program on stdin."""
    return ["-s", "-u", "-c", BOOTSTRAP]


def payload(config: dict[str, Any]) -> bytes:
    """What to write to stdin first: the loader, then the modules with ``config``, each after its length."""
    loader = _LOADER.encode()
    bundle = json.dumps({"package": PACKAGE, "modules": _sources(), "config": {**config, "package": PACKAGE}}).encode()
    return b"".join((len(loader).to_bytes(4, "big"), loader, len(bundle).to_bytes(4, "big"), bundle))


@lru_cache(maxsize=1)
def _sources() -> list[tuple[str, str]]:
    folder = Path(__file__).parent
    return [(name, (folder / f"{name}.py").read_text("utf-8")) for name in MODULES]
