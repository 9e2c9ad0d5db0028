"""Frames on the kernel's pipes: one type byte, a 4-byte big-endian length, the payload."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .codec import encode

JSON = 0x4A
RAW = 0x42
HEADER_BYTES = 5
MAX_JSON_BYTES = 64 << 20
MAX_RAW_BYTES = 1 << 20
MAX_STRUCTURE_BYTES = 1 << 20
_WINDOW_BYTES = 1 << 18


class FrameError(Exception):
    """The other side sent something that is not the protocol."""


class FrameTooLarge(ValueError):
    """A message of ours is over the cap; nothing was sent."""


def json_frame(message: dict[str, Any]) -> bytes:
    """Raises FrameTooLarge, and TypeError or ValueError for what JSON cannot hold."""
    payload = encode(message)
    if len(payload) > MAX_JSON_BYTES:
        raise FrameTooLarge(f"{len(payload)} bytes in one message; the limit is {MAX_JSON_BYTES}")
    if not _is_mostly_text(payload):
        raise FrameTooLarge(f"more than {MAX_STRUCTURE_BYTES} bytes in one message that are not text")
    return b"J" + len(payload).to_bytes(4, "big") + payload


def require_room(texts: Iterable[object]) -> None:
    """Raises FrameTooLarge for texts that no message holds, before one is copied: each character is a byte at least."""
    chars = sum(len(text) for text in texts if type(text) is str)
    if chars > MAX_JSON_BYTES:
        raise FrameTooLarge(f"{chars} bytes or more in one message; the limit is {MAX_JSON_BYTES}")


def raw_frame(data: bytes) -> bytes:
    """``data`` is at most MAX_RAW_BYTES long."""
    return b"B" + len(data).to_bytes(4, "big") + data


def _is_mostly_text(payload: bytes) -> bool:
    """What is not inside a text takes many times its size once decoded: 40 MB of empty lists become 1 GB."""
    if len(payload) <= MAX_STRUCTURE_BYTES:
        return True
    at, quotes, outside = 0, 0, 0
    while at < len(payload):
        end = at + _WINDOW_BYTES
        window = payload[at:end]
        if (len(window) - len(window.rstrip(b"\\"))) % 2 == 1:  # what it escapes goes with it
            end += 1
        parts = payload[at:end].split(b'"')
        if any(part.endswith(b"\\") for part in parts[:-1]):  # some may be escaped, which takes longer to see
            parts = payload[at:end].replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')
        outside += sum(map(len, parts[quotes % 2 :: 2]))
        at, quotes = end, quotes + len(parts) - 1
        if outside > MAX_STRUCTURE_BYTES or quotes > 2 * MAX_STRUCTURE_BYTES:
            return False
    return True


class FrameBuffer:
    """Takes bytes as they come, gives whole frames. ``raw_allowed`` is False on the side of untrusted code."""

    def __init__(self, raw_allowed: bool) -> None:
        self._raw_allowed = raw_allowed
        self._pending = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Raises FrameError at the first header that cannot be right, before its payload is stored."""
        self._pending += data
        while len(self._pending) >= HEADER_BYTES:
            kind, size = self._pending[0], int.from_bytes(self._pending[1:HEADER_BYTES], "big")
            self._check(kind, size)
            end = HEADER_BYTES + size
            if len(self._pending) < end:
                return
            with memoryview(self._pending) as pending:
                payload = bytes(pending[HEADER_BYTES:end])
            del self._pending[:end]
            if kind == JSON and not _is_mostly_text(payload):
                raise FrameError(f"more than {MAX_STRUCTURE_BYTES} bytes in one frame that are not text")
            yield kind, payload

    def _check(self, kind: int, size: int) -> None:
        if kind == JSON:
            limit = MAX_JSON_BYTES
        elif kind == RAW and self._raw_allowed:
            limit = MAX_RAW_BYTES
        else:
            raise FrameError(f"unknown frame type {kind}")
        if size > limit:
            raise FrameError(f"frame of {size} bytes; the limit is {limit}")
