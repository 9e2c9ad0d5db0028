"""What is sent to a provider, and what comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import httpx2


@dataclass(frozen=True)
class Request:
    """All of a request but its body, which one client sends again and again."""

    method: str
    url: httpx2.URL
    headers: Mapping[str, str]

    @cached_property
    def head(self) -> bytes:
        """As HTTP/1.1 has it, up to the length of the body. Raises ValueError for what no head can hold."""
        host = self.url.netloc.decode("ascii").rpartition("@")[2]
        lines = [f"{self.method} {self.url.raw_path.decode('ascii')} HTTP/1.1", f"host: {host}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("a header has a line break")
        return "\r\n".join([*lines, "content-length: "]).encode("ascii")

    @cached_property
    def origin(self) -> tuple[str, str]:
        return self.url.scheme, self.url.netloc.decode("ascii")

    def to(self, url: httpx2.URL) -> Request:
        return Request(self.method, url, self.headers)


class Answer:
    """An answer whose head has come.

    Attributes:
        headers: by their names in lower case.
        pieces: of its body, once.
        whole: the body, where all of it came with the head; its connection is given back then.
        close: gives its connection back, or closes it where the body has not ended.
    """

    def __init__(
        self,
        status: int,
        headers: Mapping[str, str],
        pieces: AsyncIterator[bytes],
        close: Callable[[], Awaitable[None]],
        whole: bytes | None = None,
    ) -> None:
        self.status, self.headers = status, headers
        self.pieces, self.close, self.whole = pieces, close, whole

    @staticmethod
    def of_whole(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
        return Answer(status, headers, _one(body), _nothing, body)

    async def read(self) -> bytes:
        """The whole body."""
        if self.whole is not None:
            return self.whole
        try:
            return b"".join([piece async for piece in self.pieces])
        finally:
            await self.close()


async def _one(body: bytes) -> AsyncIterator[bytes]:
    yield body


async def _nothing() -> None:
    """Its connection was given back."""
