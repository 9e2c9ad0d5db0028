"""A process gives up all but what a REPL needs, for good: before it runs any model code, and without a container."""

from __future__ import annotations

import os
import resource
from typing import Any

from . import landlock
from .process_count import processes_of_this_user
from .refusals import filter_of
from .rights import become_countable, give_up_rights
from .seccomp import install
from .system_call_numbers import this_machine

_NONE_OF = ("MEMLOCK", "MSGQUEUE", "RTPRIO")


def confine(config: dict[str, Any], scratch: str) -> None:
    """For this process and all that it starts. Raises OSError when a part of it cannot be: the process must end
    then."""
    machine = this_machine()
    if machine is None:
        raise OSError("no system call filter is known for this machine")
    os.environ.clear()
    os.environ.update(config["environment"])
    _bound_processors(config["processors"])
    is_alone = become_countable()
    give_up_rights()
    others = 0 if is_alone else processes_of_this_user()
    _bound("NPROC", others + config["processes"])
    for name in _NONE_OF:
        _bound(name, 0)
    version = landlock.version()
    landlock.restrict(version, scratch)
    install(filter_of(machine, version, os.getpid()))


def _bound(name: str, most: int) -> None:
    kind = getattr(resource, f"RLIMIT_{name}")
    hard = resource.getrlimit(kind)[1]
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (least, least))


def _bound_processors(most: int) -> None:
    """To some of those that this process may use, other ones for other processes."""
    allowed = sorted(os.sched_getaffinity(0))
    first = os.getpid() % len(allowed)
    os.sched_setaffinity(0, (allowed + allowed)[first : first + min(most, len(allowed))])
