"""The secrets channel: keys come by descriptor 3, one line a run, and are held only until that run takes them."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .._generated.constants import MAX_LINE_BYTES
from ..errors import RunError
from .stdio import LineReader, LineTooLong

if TYPE_CHECKING:
    from .._generated.messages import RunSecrets

WAIT_SECONDS = 10.0


class SecretsChannel:
    """Reads the channel in a daemon thread. ``descriptor`` None: the host opened no channel, and no run has secrets."""

    def __init__(self, descriptor: int | None) -> None:
        self._arrived = threading.Condition()
        self._secrets: dict[str, Any] = {}
        self._open = descriptor is not None
        if descriptor is not None:
            threading.Thread(target=self._read, args=(descriptor,), name="secrets", daemon=True).start()

    def take(self, run_id: str, timeout: float = WAIT_SECONDS) -> RunSecrets | None:
        """The secrets of a run, once. None when there is no channel. ``timeout`` in seconds.

        Raises:
            RunError: worker_internal_error, when the host's line does not come, or is not what it should be.
        """
        from .._generated.messages import RunSecrets

        with self._arrived:
            self._arrived.wait_for(lambda: run_id in self._secrets or not self._open, timeout)
            secrets = self._secrets.pop(run_id, None)
            if secrets is None and not self._open:
                return None
        try:
            return RunSecrets.model_validate(secrets, by_alias=True, by_name=False)
        except ValueError:  # its message would quote the key
            message = "The host sent no proper secrets for this run. Start a new worker."
            raise RunError("worker_internal_error", message) from None

    def _read(self, descriptor: int) -> None:
        """Imports nothing: the main thread imports pydantic at the same time, and the two could wait for each other."""
        try:
            for line in LineReader(descriptor, MAX_LINE_BYTES):
                if isinstance(line, LineTooLong):
                    continue
                with suppress(ValueError, TypeError, KeyError, RecursionError), self._arrived:
                    secrets = json.loads(line)
                    self._secrets[secrets["id"]] = secrets
                    self._arrived.notify_all()
        finally:
            with self._arrived:
                self._open = False
                self._arrived.notify_all()
