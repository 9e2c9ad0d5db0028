"""Effects in a file beside the journal, from where the host takes what it did not hear: nobody waits for its word."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from .._generated.messages import Aside
from ..json_bytes import to_json_bytes

if TYPE_CHECKING:
    from .._generated import outgoing as out

Told = dict[str, Any]
"""An event as it stands on the wire."""

MOST_BYTES = 4_000_000
"""From this size on the host is asked, and the file begun anew once it has all that is in it."""


class EffectsAside:
    """Keeps what it is given as long as the file is the one that the host made. Thread-safe."""

    def __init__(self, spec: Aside | None) -> None:
        self._spec = spec
        self._descriptor = None if spec is None else _opened(spec.path)
        self._bytes = 0
        self._number = 0
        self._lock = threading.Lock()

    def keep(self, effects: list[out.Effect], before: dict[int, list[Told]]) -> bool:
        """Whether they are there, as safe as in the journal. All are counted; where they are not, the host is asked.
        ``before``: what was told before an effect, by its place in the list."""
        with self._lock:
            first, self._number = self._number, self._number + len(effects)
            if self._spec is None or self._descriptor is None or self._bytes >= MOST_BYTES:
                return False
            life = self._spec.life
            lines = [
                to_json_bytes({"life": life, "n": first + index, "before": before.get(index, []), "effect": effect})
                for index, effect in enumerate(effects)
            ]
            try:
                self._write(self._descriptor, b"\n".join([*lines, b""]))
                if _is_at(self._descriptor, self._spec.path):
                    return True
            except OSError:
                pass  # the host will say what it is
            self._close()
            return False

    def begin_anew(self) -> None:
        """The host has all that was kept."""
        with self._lock:
            if self._descriptor is not None and self._bytes >= MOST_BYTES:
                os.ftruncate(self._descriptor, 0)
                self._bytes = 0

    def close(self) -> None:
        """From now on the host is asked."""
        with self._lock:
            self._close()

    def _write(self, descriptor: int, data: bytes) -> None:
        self._bytes += len(data)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _opened(path: str) -> int | None:
    try:
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None


def _is_at(descriptor: int, path: str) -> bool:
    """Whoever took the run over has moved the file away, and knows nothing of what came too late."""
    there, own = os.stat(path, follow_symlinks=False), os.fstat(descriptor)
    return (there.st_dev, there.st_ino) == (own.st_dev, own.st_ino)
