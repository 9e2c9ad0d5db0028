"""A fork of the template becomes the supervisor of one kernel: with nothing of the template's or another kernel's."""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from . import supervisor
from .codec import decode
from .pipes import take_places


def become_supervisor(request: dict[str, Any], soft_limit: int, descriptors: Sequence[int]) -> NoReturn:
    """``descriptors``: stdin, stdout, stderr, and one that is open for as long as the supervisor is there."""
    try:
        os.setsid()
        take_places(*descriptors)
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft_limit, hard), hard))
        _write_mark(request["markName"], request["mark"])
        os.environ.update({**request["environment"], request["markName"]: request["mark"]})
        os.chdir(request["folder"])
        gc.enable()
        supervisor.main({**_config(), "package": request["package"]})
    except BaseException as error:
        print(f"kernel: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(1)


def raise_open_files() -> int:
    """The template holds descriptors of every kernel. Returns the limit that was."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return soft


def _write_mark(name: str, mark: str) -> None:
    """Into the environment that this process began with: there the others of the machine read it."""
    libc = ctypes.CDLL(None)
    libc.getenv.restype = ctypes.c_void_p
    place = libc.getenv(name.encode())
    if place and len(os.environ.get(name, "")) == len(mark):
        ctypes.memmove(place, mark.encode(), len(mark))


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
