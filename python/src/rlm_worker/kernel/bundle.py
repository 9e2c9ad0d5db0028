"""The kernel as one payload for stdin, and the command that reads it. Runs in the worker only."""

from __future__ import annotations

import json
import marshal
import sys
from functools import lru_cache
from importlib.machinery import SourceFileLoader
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
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
    "libc",
    "processes",
    "folders",
    "system_call_numbers",
    "seccomp",
    "system_calls",
    "refusals",
    "landlock",
    "rights",
    "process_count",
    "confinement",
    "variables",
    "failures",
    "drafts",
    "requests",
    "queries",
    "signatures",
    "host_tools",
    "streams",
    "growing_json",
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
TEMPLATE_MODULES = (*MODULES, "forked", "spare_descriptors", "template")
"""Of a process that is to be forked; the last module of either has the ``main``."""

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

BYTECODE = f"{sys.implementation.cache_tag} {MAGIC_NUMBER.hex()}"
"""What compiled modules are for. A kernel of the worker's own Python need not compile them; any other does."""

_LOADER = """
import builtins, gc, json, marshal, sys, types
from _frozen_importlib_external import MAGIC_NUMBER
gc.disable()
bundle, compiled, sources = (take(int.from_bytes(take(4), "big")) for part in range(3))
bundle = json.loads(bundle)
same = bundle["bytecode"] == sys.implementation.cache_tag + " " + MAGIC_NUMBER.hex()
codes = marshal.loads(compiled) if same else {}
sources = {} if len(codes) == len(bundle["modules"]) else json.loads(sources)
package = sys.modules[bundle["package"]] = types.ModuleType(bundle["package"])
package.__path__ = []
own = dict(builtins.__dict__)
for name in bundle["modules"]:
    module = types.ModuleType(bundle["package"] + "." + name)
    module.__package__ = bundle["package"]
    module.__dict__["__builtins__"] = own
    sys.modules[module.__name__] = module
    setattr(package, name, module)
    code = codes.get(name) or compile(sources[name], "<kernel " + name + ">", "exec", dont_inherit=True)
    exec(code, module.__dict__)
gc.freeze()
gc.enable()
module.main(bundle["config"])
"""


def arguments() -> list[str]:
    """What follows the Python executable: without its user's packages, unbuffered, the program on stdin."""
    return ["-s", "-u", "-c", BOOTSTRAP]


def payload(config: dict[str, Any], modules: tuple[str, ...] = MODULES) -> bytes:
    """What to write to stdin first: the loader, ``config`` with the names of ``modules``, these compiled and as they
    are, each after its length."""
    of_all = {"package": PACKAGE, "modules": modules, "bytecode": BYTECODE}
    bundle = {**of_all, "config": {**config, "package": PACKAGE}}
    return _with_lengths(_LOADER.encode(), json.dumps(bundle).encode(), _compiled(modules), _sources(modules))


def configuration(config: dict[str, Any]) -> bytes:
    """The same for a fork of a template, which has the modules."""
    return _with_lengths(json.dumps(config).encode())


def _with_lengths(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


@lru_cache(maxsize=2)
def _sources(modules: tuple[str, ...]) -> bytes:
    return json.dumps({name: _file(name).read_text("utf-8") for name in modules}).encode()


@lru_cache(maxsize=2)
def _compiled(modules: tuple[str, ...]) -> bytes:
    """The code of every module by its name, as this Python keeps it beside its file."""
    codes: dict[str, CodeType] = {}
    for name in modules:
        module = f"{__package__}.{name}"
        code = SourceFileLoader(module, str(_file(name))).get_code(module)
        if code is not None:
            codes[name] = _nameless(code, f"<kernel {name}>")
    return marshal.dumps(codes)


def _nameless(code: CodeType, name: str) -> CodeType:
    """Without the place of its file: the REPL is to know nothing of this machine."""
    inner = tuple(_nameless(const, name) if isinstance(const, CodeType) else const for const in code.co_consts)
    return code.replace(co_filename=name, co_consts=inner)


def _file(name: str) -> Path:
    return Path(__file__).with_name(f"{name}.py")
