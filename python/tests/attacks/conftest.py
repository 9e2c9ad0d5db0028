from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

Targets = dict[str, Any]


@pytest.fixture(scope="session")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Targets]:
    """What the attacks are after, and it is there: a file and three listening sockets of the host."""
    folder: Path = tmp_path_factory.mktemp("host")
    secret = folder / "file"
    secret.write_text("a file of the host")
    abstract, path = f"rlm-bridge-{folder.name}-{id(folder)}", str(folder / "socket")
    listeners = [
        socket.create_server(("127.0.0.1", 0)),
        _unix_listener("\0" + abstract),
        _unix_listener(path),
    ]
    for listener in listeners:
        threading.Thread(target=_greet, args=(listener,), daemon=True).start()
    port = listeners[0].getsockname()[1]
    yield {"hostFile": str(secret), "port": port, "abstractSocket": abstract, "unixSocket": path}
    for listener in listeners:
        listener.close()


def _unix_listener(address: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    return listener


def _greet(listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.sendall(b"reached the host")
