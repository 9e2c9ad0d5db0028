"""What the user of a confined process may do, taken from it: its capabilities, and of root more."""

from __future__ import annotations

import ctypes
import os

from .libc import LIBC

_SET_NO_NEW_PRIVILEGES = 38
_CAPABILITIES_VERSION = 0x20080522
_AMBIENT, _CLEAR_ALL = 47, 4
_FIRST_OWN_USER, _OWN_USERS = 0x40000000, 0x20000000
_FIRST_SMALL_USER, _SMALL_USERS = 61_184, 4_336
"""Users that belong to nobody: the second range where a user namespace has no others."""


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def give_up_rights() -> None:
    """No program that this process starts gets rights of its own, and no capability is left. Raises OSError."""
    none = (ctypes.c_uint32 * 6)()
    header = _Header(_CAPABILITIES_VERSION, 0)
    if LIBC.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0 or LIBC.capset(ctypes.byref(header), none) != 0:
        raise OSError(ctypes.get_errno(), "the rights of this process could not be given up")
    LIBC.prctl(_AMBIENT, _CLEAR_ALL, 0, 0, 0)


def become_countable() -> bool:
    """Root's processes are counted by no limit: give this one a real user of its own. It stays root by its effective
    user, as Python's installation may be root's alone. False for another user; raises OSError when it may not."""
    if os.getuid() != 0:
        return False
    number = int.from_bytes(os.urandom(4), "big")
    try:
        os.setresuid(_FIRST_OWN_USER + number % _OWN_USERS, -1, -1)
    except OSError as error:
        if error.errno == 1:
            raise
        os.setresuid(_FIRST_SMALL_USER + number % _SMALL_USERS, -1, -1)
    return True
