"""Every attack of the suite, by group."""

from __future__ import annotations

from .attack import ENVIRONMENTS, INTERPRETER, PROGRAMS, REPL, Attack
from .host_files import HOST_FILES
from .network import NETWORK
from .privilege import PRIVILEGE
from .protocol import PROTOCOL
from .resources import RESOURCES
from .secrets import SECRETS
from .state import STATE

__all__ = ["ATTACKS", "ENVIRONMENTS", "GROUPS_OF_RUNS", "INTERPRETER", "PROGRAMS", "REPL", "Attack", "tried"]

ATTACKS = [*NETWORK, *HOST_FILES, *PRIVILEGE, *RESOURCES, *PROTOCOL, *STATE, *SECRETS]
GROUPS_OF_RUNS = ("protocol", "secrets")
"""These go through a run of a worker, the others through the environment alone."""


def tried(environment: str, in_runs: bool) -> list[Attack]:
    """The attacks to make in one environment."""
    found: list[Attack] = []
    for attack in ATTACKS:
        observed = attack.observed(environment)
        if observed is not None and observed.status != "not tried" and (attack.group in GROUPS_OF_RUNS) == in_runs:
            found.append(attack)
    return found
