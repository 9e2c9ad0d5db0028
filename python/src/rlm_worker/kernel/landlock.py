"""Landlock: what of the machine's files a process, and all that it starts, may ever open again."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable

from .libc import LIBC

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_MAKE_FIFO, _MAKE_SYM = 1 << 10, 1 << 12
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_READ = _READ_FILE | _READ_DIR
_MAKE_AND_REMOVE = _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_FIFO | _MAKE_SYM | _REFER
_OWN = _READ | _WRITE_FILE | _TRUNCATE | _MAKE_AND_REMOVE
"""Not among them: running a program, and making a socket or a device."""

_ACCESSES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""All that a version of the interface can deny of files."""

_NETWORK_SINCE, _SCOPES_SINCE = 4, 6
_BIND_AND_CONNECT = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")
_TIME_ZONES = ("/usr/share/zoneinfo", "/etc/localtime")
_SOURCES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_PACKAGES = ("site-packages", "dist-packages")


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Of the kernel's interface. Raises OSError where there is none, or the machine was started without it."""
    return _call(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)


def restrict(version: int, scratch: str) -> None:
    """This thread and all that it starts read Python's installation and write ``scratch``, and open nothing else. Needs
    no-new-privileges. Raises OSError."""
    handled = _ACCESSES[max(known for known in _ACCESSES if known <= version)]
    size, network, scopes = 8, 0, 0
    if version >= _NETWORK_SINCE:
        size, network = 16, _BIND_AND_CONNECT
    if version >= _SCOPES_SINCE:
        size, scopes = 24, _ABSTRACT_SOCKETS_AND_SIGNALS
    ruleset = _call(_CREATE_RULESET, ctypes.byref(_Ruleset(handled, network, scopes)), ctypes.c_size_t(size), 0)
    _allow(ruleset, readable(), _READ, handled)
    _allow(ruleset, _SOURCES, _READ | _WRITE_FILE | _TRUNCATE, handled)
    _allow(ruleset, programs(), _READ | _EXECUTE, handled)
    _allow(ruleset, [scratch], _OWN, handled)
    _call(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def readable() -> list[str]:
    """What Python reads: its library, packages and settings, the shared libraries of the system, the time zones."""
    library = os.path.dirname(os.__file__)
    packages = [path for path in sys.path if os.path.basename(path) in _PACKAGES]
    own = [library, f"{sys.base_prefix}/lib", f"{sys.prefix}/pyvenv.cfg", *packages]
    return [*own, *_LIBRARIES, *_TIME_ZONES]


def programs() -> list[str]:
    """Python itself, and the system's loader, which the kernel opens with it."""
    folders = [f"/{name}" for name in os.listdir("/") if name.startswith("lib") and os.path.isdir(f"/{name}")]
    files = [(folder, name) for folder in folders for name in os.listdir(folder)]
    return [sys.executable, *(f"{folder}/{name}" for folder, name in files if name.startswith("ld-") and ".so" in name)]


def _allow(ruleset: int, paths: Iterable[str], access: int, handled: int) -> None:
    for path in paths:
        try:
            parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        allowed = access & handled & (-1 if os.path.isdir(path) else _OF_FILES)
        _call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(_PathBeneath(allowed, parent)), 0)
        os.close(parent)


def _call(number: int, *arguments: object) -> int:
    result = LIBC.syscall(number, *arguments)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"Landlock: {os.strerror(error)}")
    return result
