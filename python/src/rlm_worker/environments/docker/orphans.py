"""Containers whose worker is gone: found by label, removed by id. Never one of a worker that lives, or that cannot be
judged."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress

from ...carried_context import carried
from ...errors import EnvironmentFailure
from .cli import COMMAND_TIMEOUT_S, run_client
from .endpoint import daemon_socket
from .engine import Engine, EngineGone, EngineTimeout, EngineUnreachable
from .owner import owner_is_gone
from .removal import REMOVAL_GRACE_S, remove_container
from .sandbox import OWNER_LABEL

log = logging.getLogger("rlm_worker.environments")

_swept: set[str] = set()
_lock = threading.Lock()


class OrphanSweep:
    """Removes orphans, once per process and runtime, beside the start of the first container."""

    def __init__(self, runtime: str) -> None:
        self._runtime = runtime
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        with _lock:
            if self._runtime in _swept:
                return
            _swept.add(self._runtime)
        self._thread = threading.Thread(target=carried(self._run), name="rlm-orphan-sweep", daemon=True)
        self._thread.start()

    def join(self) -> None:
        if self._thread is not None:
            self._thread.join(REMOVAL_GRACE_S)

    def _run(self) -> None:
        with suppress(EnvironmentFailure):
            for name in remove_orphans(self._runtime):
                log.info("removed container %s, whose worker is gone", name)


def remove_orphans(runtime: str) -> list[str]:
    """The ids of the containers removed. Raises EnvironmentFailure when the runtime does not answer."""
    path = daemon_socket(os.environ) if runtime == "docker" else None
    if path is not None:
        with suppress(EngineUnreachable, EngineGone, EngineTimeout), Engine(path, COMMAND_TIMEOUT_S) as engine:
            gone = _orphans(engine.labelled(OWNER_LABEL))
            for container in gone:
                engine.remove(container)
            return gone
    shown = '{{.ID}} {{.Label "' + OWNER_LABEL + '"}}'
    listed = run_client(runtime, "ps", "--all", "--filter", f"label={OWNER_LABEL}", "--format", shown)
    gone = _orphans(line.split(" ", 1) for line in listed.stdout.splitlines())
    for container in gone:
        remove_container(runtime, container)
    return gone


def _orphans(containers: Iterable[Sequence[str]]) -> list[str]:
    """Of ids and their owners, the ids whose owners are gone."""
    return [container for container, *owner in containers if owner_is_gone("".join(owner))]
