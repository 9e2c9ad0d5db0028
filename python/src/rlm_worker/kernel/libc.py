"""The C library, opened once: what is forked from here shares the pages that this takes."""

from __future__ import annotations

import ctypes
import os
import sys

LIBC = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int) -> None:
    """Raises OSError. Does nothing where there is no Linux."""
    if sys.platform.startswith("linux") and LIBC.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}) failed")


def write_variable(name: str, value: str) -> None:
    """Into the environment that this process began with, where others of the machine read it: only in the place of a
    value that is as long."""
    place = _getenv(name.encode())
    if place and len(os.environ.get(name, "")) == len(value):
        ctypes.memmove(place, value.encode(), len(value))


_getenv = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p)(("getenv", LIBC))
