"""Whether this machine can confine a process, asked once, and what to do where it cannot."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from functools import cache
from typing import Final

from ...errors import EnvironmentFailure
from ...kernel import landlock
from ...kernel.system_call_numbers import this_machine

OTHERWISE: Final = "or use environment 'docker', which needs Docker or Podman"
CHANGE_USER: Final = 1 << 7
"""CAP_SETUID."""

_GET_SECCOMP: Final = 21


def require_landlock() -> None:
    """Raises EnvironmentFailure with the code ``landlock_unavailable``, which says what is missing and what to do."""
    message = unavailable()
    if message is not None:
        raise EnvironmentFailure("landlock_unavailable", message)


def unavailable() -> str | None:
    """What is missing and what to do; None: nothing is."""
    problem = _problem()
    return None if problem is None else f"environment 'landlock' cannot be used: {problem}"


@cache
def _problem() -> str | None:
    if not sys.platform.startswith("linux"):
        return f"only Linux has Landlock. Run on Linux, {OTHERWISE}"
    if this_machine() is None:
        return f"no system call filter is known for this processor. Run on 64-bit x86 or ARM, {OTHERWISE}"
    return _without_landlock() or _without_filters() or _without_users()


def _without_landlock() -> str | None:
    try:
        landlock.version()
    except OSError as error:
        if error.errno == errno.EOPNOTSUPP:
            return f"this machine was started with Landlock off. Add it to the kernel's parameter lsm=, {OTHERWISE}"
        missing = "the kernel has no Landlock, or the profile of the container that this runs in refuses it"
        return f"{missing} ({error.strerror}). Use Linux 5.13 or newer and the runtime's own profile, {OTHERWISE}"
    return None


def _without_filters() -> str | None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_GET_SECCOMP, 0, 0, 0, 0) >= 0:
        return None
    return f"the kernel has no seccomp filters. Use one built with them, {OTHERWISE}"


def _without_users() -> str | None:
    """Root's processes are counted by no limit, unless they get another real user."""
    if os.getuid() != 0 or _capabilities() & CHANGE_USER:
        return None
    return f"root without the capability SETUID cannot bound its processes. Run as another user, {OTHERWISE}"


def _capabilities() -> int:
    """Those in effect."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1], 16) for line in status if line.startswith("CapEff:"))
