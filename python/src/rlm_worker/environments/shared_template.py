"""One template of local kernels for all workers that are forked from a process."""

from __future__ import annotations

import socket
from contextlib import suppress

from .template_process import TemplateProcess, can_fork, kernel_variables


class SharedTemplate:
    """Where there is none, or it cannot be started, a worker starts one of its own and says what is wrong."""

    def __init__(self) -> None:
        self._process: TemplateProcess | None = None

    def start(self) -> None:
        if self._process is None and can_fork():
            with suppress(OSError):
                self._process = TemplateProcess(kernel_variables())

    def connect(self) -> socket.socket | None:
        """The socket of a worker that is about to be forked. One that is gone is started anew."""
        self.start()
        try:
            return self._process.connect() if self._process is not None else None
        except OSError:
            self.let_go()
            return None

    def let_go(self) -> None:
        """Nothing of it is held by this process; it ends when no worker has a socket of it any more."""
        process, self._process = self._process, None
        if process is not None:
            process.control.close()
