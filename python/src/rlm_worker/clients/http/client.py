"""The way to a provider: to its origin and no other, and no more back than its bounds allow."""

from __future__ import annotations

import time
import zlib
from collections.abc import AsyncIterable, AsyncIterator

import httpx2

from ..bounds import Bounds
from ..failures import AnswerRefused, BrokenOff
from .connections import Connections
from .message import Answer, Request
from .opener import Opener
from .proxied import Proxied, names_a_proxy
from .tls import tls_context

PIECE_BYTES = 1 << 16
GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
MOST_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEEPING_THE_BODY = frozenset({307, 308})
ACCEPTED = "gzip, deflate"
PINGS = (b"{}", b'{"type": "ping"}', b'{"type":"ping"}')


class HttpClient:
    """Of one model. Proxies and certificates come from the environment."""

    def __init__(self, bounds: Bounds, timeout_s: float | None = None, *, is_plain: bool = False) -> None:
        """``timeout_s``: seconds without progress, in place of those of the bounds. ``is_plain``: no call of it is to
        be over TLS, whose authorities take longer to read than a run with a local server.

        Raises:
            RunError: invalid_setting, naming the variable that cannot be used.
        """
        self._bounds = bounds
        self._timeout_s = timeout_s or bounds.timeout_s
        is_proxied = names_a_proxy()
        if is_proxied or not is_plain:
            tls_context()  # what is wrong with it is said before money is spent
        self._proxied = Proxied(tls_context(), self._timeout_s) if is_proxied else None
        self._connections: dict[tuple[str, str], Connections] = {}

    async def ask(self, request: Request, body: bytes) -> Answer:
        """The answer, whatever its status; its body is bounded, decompressed, and to be closed.

        Raises:
            AnswerRefused: it sends the call on to another origin.
            httpx2.TransportError: no answer came. While its pieces are read, BrokenOff is raised as well.
        """
        for _ in range(MOST_REDIRECTS + 1):
            answer = await self._way(request).ask(request, body)
            if answer.status not in REDIRECTS or "location" not in answer.headers:
                return self._plain(answer) or Answer(answer.status, answer.headers, self._bounded(answer), answer.close)
            await answer.close()
            request = request.to(_at_the_origin(request.url, answer.headers["location"]))
            if answer.status not in KEEPING_THE_BODY:
                request, body = Request("GET", request.url, request.headers), b""
        raise AnswerRefused(f"sends calls on more than {MOST_REDIRECTS} times. Make where they end the base URL")

    async def aclose(self) -> None:
        """Closes every connection. Idempotent."""
        for connections in self._connections.values():
            await connections.aclose()
        if self._proxied is not None:
            await self._proxied.aclose()

    def _way(self, request: Request) -> Connections | Proxied:
        if self._proxied is not None:
            return self._proxied
        if request.origin not in self._connections:
            tls = tls_context() if request.url.scheme == "https" else None
            self._connections[request.origin] = Connections(Opener(request.url, tls, self._timeout_s))
        return self._connections[request.origin]

    def _plain(self, answer: Answer) -> Answer | None:
        """One that is whole, as it is and within its bound; None for any other."""
        if answer.whole is None or len(answer.whole) > self._bounds.max_reply_bytes:
            return None
        return None if _encoding(answer) else answer

    async def _bounded(self, answer: Answer) -> AsyncIterator[bytes]:
        """Decompressed piece by piece, up to the bound, and as long as it goes on."""
        most, size = self._bounds.max_reply_bytes, 0
        try:
            async for piece in _decoded(self._progressing(answer.pieces), _encoding(answer)):
                size += len(piece)
                if size > most:
                    what = f"sent more than {most:,} bytes (backendOptions.maxReplyBytes raises the bound)"
                    raise AnswerRefused(what)
                yield piece
        except httpx2.TimeoutException:
            raise
        except httpx2.TransportError as error:
            raise BrokenOff(f"{type(error).__name__}: {error}".rstrip(": ")) from error

    async def _progressing(self, pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        last = time.monotonic()
        async for piece in pieces:
            now = time.monotonic()
            if not _only_keeps_alive(piece):
                last = now
            elif now - last > self._timeout_s:
                raise httpx2.ReadTimeout(f"nothing but signs of life for {self._timeout_s:g} s")
            yield piece


def _at_the_origin(asked: httpx2.URL, location: str) -> httpx2.URL:
    """Where a redirect leads: it carries the prompt and the key, and so never to another origin."""
    try:
        url = asked.join(location)
    except httpx2.InvalidURL:
        raise AnswerRefused("sends calls on to what is no address") from None
    there, here = (f"{one.scheme}://{one.netloc.decode()}" for one in (url, asked))
    if there != here:
        raise AnswerRefused(
            f"sends calls on to {there}, and nothing is sent there. If that is right, make it the base URL"
        )
    return url


def _encoding(answer: Answer) -> str:
    """ "" for none."""
    encoding = answer.headers.get("content-encoding", "").strip().lower()
    return "" if encoding == "identity" else encoding


async def _decoded(chunks: AsyncIterable[bytes], encoding: str) -> AsyncIterator[bytes]:
    if not encoding:
        async for chunk in chunks:
            yield chunk
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise AnswerRefused(f'sent an answer in the encoding "{encoding[:40]}", which was not asked for')
    decoder, begun = zlib.decompressobj(GZIP_OR_ZLIB), False
    try:
        async for chunk in chunks:
            while chunk:
                if decoder.eof:
                    decoder = zlib.decompressobj(GZIP_OR_ZLIB)
                begun = True
                piece = decoder.decompress(chunk, PIECE_BYTES)
                chunk = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
                yield piece
    except zlib.error:
        raise httpx2.RemoteProtocolError("the answer is no gzip, though it says so") from None
    if begun and not decoder.eof:
        raise httpx2.RemoteProtocolError("the compressed answer ends before its end")


def _only_keeps_alive(chunk: bytes) -> bool:
    """Blank lines, comments and pings of an event stream, which some gateways send for hours."""
    begins = chunk[:64].lstrip()[:1]
    if begins and begins not in b":ed":
        return False
    return all(_is_sign_of_life(line.strip()) for line in chunk.split(b"\n"))


def _is_sign_of_life(line: bytes) -> bool:
    if not line or line.startswith(b":"):
        return True
    return line in (b"event: ping", b"event:ping") or (line.startswith(b"data:") and line[5:].strip() in PINGS)
