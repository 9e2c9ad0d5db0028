"""A fork of the template becomes the supervisor of one kernel: with nothing of the template's or another kernel's."""

from __future__ import annotations

import gc
import os
import resource
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from . import supervisor
from .codec import decode
from .libc import write_variable
from .pipes import take_places


def become_supervisor(request: dict[str, Any], soft_limit: int, descriptors: Sequence[int]) -> NoReturn:
    """``descriptors``: stdin, stdout, stderr, and one that is open for as long as the supervisor is there."""
    try:
        os.setsid()
        take_places(*descriptors)
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft_limit, hard), hard))
        write_variable(request["markName"], request["mark"])
        for name, value in (*request["environment"].items(), (request["markName"], request["mark"])):
            os.environ[name] = value
        os.chdir(request["folder"])
        gc.enable()
        supervisor.main(_config())
    except BaseException as error:
        print(f"kernel: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(1)


def raise_open_files() -> int:
    """The template holds descriptors of every kernel. Returns the limit that was."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return soft


def _config() -> dict[str, Any]:
    """What the worker sends first: its length, and JSON."""
    return decode(_take(int.from_bytes(_take(4), "big")))


def _take(size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = os.read(0, size - len(data))
        if not more:
            os._exit(0)
        data += more
    return data
