"""Lines to the host, from any thread."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from ..json_bytes import to_json_bytes


class LineWriter:
    """Writes one JSON object a line, each line whole, in the order of the calls.

    What is written on an event loop goes out together with the rest of that turn, at the beginning of the next one: a
    batch writes thousands of lines, and each of them would wake the host. What the loop is told to do later, by
    ``call_soon``, is done after that.
    """

    def __init__(self, descriptor: int, gone: Callable[[], None]) -> None:
        """``gone`` is called when the host does not read any more."""
        self._descriptor = descriptor
        self._gone = gone
        self._lock = threading.Lock()
        self._lines: list[bytes] = []
        self._is_due = False

    def write(self, message: dict[str, Any]) -> None:
        """Raises TypeError and ValueError for what is no JSON."""
        line, loop = to_json_bytes(message), _running_loop()
        with self._lock:
            self._lines.append(line)
            if loop is None:
                self._write_out()
            elif not self._is_due:
                self._is_due = True
                loop.call_soon(self._at_turn)

    def _at_turn(self) -> None:
        with self._lock:
            self._is_due = False
            self._write_out()

    def _write_out(self) -> None:
        """The lock is held, so that no line comes between."""
        lines, self._lines = self._lines, []
        data = memoryview(b"\n".join([*lines, b""]))
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            self._gone()


def _running_loop() -> Any:
    """Of this thread. Whoever runs a loop has imported asyncio, which takes longer than all until the first line."""
    asyncio = sys.modules.get("asyncio")
    return None if asyncio is None else asyncio._get_running_loop()
