"""The channel that Node opens to a child of its own: lines of JSON both ways, and sockets for Node as Node sends them.

What is handed over so has no name, and nobody but Node can open it.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

VARIABLE: Final = "NODE_CHANNEL_FD"
VARIABLES: Final = (VARIABLE, "NODE_CHANNEL_SERIALIZATION_MODE")
TAKEN: Final = "NODE_HANDLE_ACK"
NOT_TAKEN: Final = "NODE_HANDLE_NACK"
"""How Node answers each socket, in their order: it had no descriptor left for one that it did not take."""

READ_BYTES: Final = 1 << 16

Message = dict[str, Any]


class NodeChannel:
    """Not thread-safe."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._socket.set_inheritable(False)
        self._socket.setblocking(True)
        self._pending = b""

    @classmethod
    def claim(cls) -> NodeChannel | None:
        """The one that the environment names, which names it no more; None where there is none."""
        descriptor = os.environ.get(VARIABLE)
        for name in VARIABLES:
            os.environ.pop(name, None)
        return None if descriptor is None else cls(int(descriptor))

    def fileno(self) -> int:
        return self._socket.fileno()

    def receive(self) -> Iterator[Message]:
        """What has come; waits for something. Raises EOFError when Node has gone."""
        data = b""
        with suppress(ConnectionError):
            data = self._socket.recv(READ_BYTES)
        if not data:
            raise EOFError
        *lines, self._pending = (self._pending + data).split(b"\n")
        return map(json.loads, lines)

    def send(self, message: Message) -> None:
        """Raises EOFError when Node has gone."""
        self._send(message, [])

    def hand_over(self, given: socket.socket, message: Message) -> None:
        """Node gets ``message`` with a socket of its own, and answers TAKEN or NOT_TAKEN."""
        self._send({"cmd": "NODE_HANDLE", "type": "net.Socket", "msg": message}, [given.fileno()])

    def close(self) -> None:
        self._socket.close()

    def _send(self, message: Message, descriptors: list[int]) -> None:
        data = json.dumps(message).encode() + b"\n"
        try:
            sent = socket.send_fds(self._socket, [data], descriptors) if descriptors else 0
            self._socket.sendall(data[sent:])
        except ConnectionError:
            raise EOFError from None
