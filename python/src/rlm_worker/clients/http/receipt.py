"""What the other side has received of a request, as far as this system knows for certain."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from typing import Final

import httpx2

_ACKED_AT: Final = 120
"""Where Linux's ``struct tcp_info`` has ``tcpi_bytes_acked``, 64 bits."""


class NotReceived(httpx2.ConnectError):
    """The other side closed the connection before any byte of the request had come: nothing was asked of it."""


def bytes_acknowledged(transport: asyncio.BaseTransport) -> int | None:
    """Bytes that the other side's system has said it has, over the life of the connection; None where nobody knows."""
    if sys.platform != "linux":
        return None
    try:
        info = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _ACKED_AT + 8)
    except OSError:
        return None
    return struct.unpack_from("=Q", info, _ACKED_AT)[0] if len(info) == _ACKED_AT + 8 else None
