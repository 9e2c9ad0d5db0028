"""A provider that is never the bottleneck: chat completions over a bare protocol, each answered after some time.

``batch_provider.py LATENCY_S REPLY``: prints its port, and ends with its stdin. The model ``root`` says the reply at
once; every other model says ``yes``.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


def reply(text: str) -> bytes:
    """The whole answer, with its headers."""
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 40, "completion_tokens": 1, "total_tokens": 41}
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    body = json.dumps({"id": "c", "object": "chat.completion", "model": "m", "choices": choices, "usage": usage})
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return (head + body).encode()


class Connection(asyncio.Protocol):
    """One request at a time, as clients of HTTP/1.1 send them."""

    def __init__(self, latency_s: float, root: str) -> None:
        self._latency_s = latency_s
        self._root, self._sub = reply(root), reply("yes")
        self._came = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, found, body = self._came.partition(HEAD_END)
        if not found:
            return
        lowered = head.lower()
        at = lowered.index(LENGTH) + len(LENGTH)
        if len(body) < int(lowered[at:].split(b"\r\n", 1)[0]):
            return
        self._came = b""
        is_root = b'"root"' in body[:100]
        asyncio.get_running_loop().call_later(0 if is_root else self._latency_s, self._answer, is_root)

    def _answer(self, is_root: bool) -> None:
        assert self._transport is not None
        if not self._transport.is_closing():
            self._transport.write(self._root if is_root else self._sub)


async def main() -> None:
    """Serves until stdin ends."""
    loop, (latency_s, root) = asyncio.get_running_loop(), sys.argv[1:3]
    server = await loop.create_server(lambda: Connection(float(latency_s), root), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
