"""The way to every provider: one HTTP client under all SDKs, which stays at its origin and bounds what comes back."""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

import httpx2

from .bounds import Bounds
from .failures import AnswerRefused, BrokenOff
from .lanes import LanedClient
from .rules import rejected
from .tls import tls_context

if TYPE_CHECKING:
    import httpx

PIECE_BYTES = 1 << 16
GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
MAX_REDIRECTS = 3
PROXY_VARIABLES = frozenset({"all_proxy", "http_proxy", "https_proxy", "no_proxy"})


def http_client(bounds: Bounds) -> httpx2.AsyncClient:
    """A client for one SDK's client. Proxies and certificates come from the environment.

    Raises:
        RunError: invalid_setting, naming the variable that cannot be used.
    """

    async def check(response: httpx2.Response) -> None:
        _stay_at_the_origin(response)
        encoding = response.headers.pop("content-encoding", "identity").strip().lower()
        if not isinstance(response.stream, httpx2.AsyncByteStream):
            raise TypeError("an asynchronous client has asynchronous answers")
        response.stream = _Bounded(response.stream, encoding, bounds)

    proxies = {name: value for name, value in os.environ.items() if name.lower() in PROXY_VARIABLES and value}
    try:
        return LanedClient(lambda limits: _client(bounds, limits, check), verify=tls_context())
    except (ValueError, httpx2.InvalidURL) as error:
        said = str(error)
        for value in proxies.values():  # it may hold a password
            said = said.replace(value, "…")
        names = ", ".join(sorted(proxies)) or "The proxy"
        raise rejected(f"{names}: a proxy's address cannot be used: {said}. Give it as http://host:port.") from None


def _client(
    bounds: Bounds, limits: httpx2.Limits, check: Callable[[httpx2.Response], Awaitable[None]]
) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        verify=tls_context(),
        timeout=bounds.timeout_s,
        limits=limits,
        follow_redirects=True,
        max_redirects=MAX_REDIRECTS,
        headers={"accept-encoding": "gzip, deflate"},
        event_hooks={"response": [check]},
    )


def _stay_at_the_origin(response: httpx2.Response) -> None:
    """A redirect carries the prompt, and with some SDKs the key."""
    if not response.has_redirect_location:
        return
    asked = response.request.url
    url = asked.join(response.headers["location"])
    there, here = (f"{one.scheme}://{one.netloc.decode()}" for one in (url, asked))
    if there != here:
        raise AnswerRefused(
            f"sends calls on to {there}, and nothing is sent there. If that is right, make it the base URL"
        )


class _Bounded(httpx2.AsyncByteStream):
    """An answer's bytes, decompressed piece by piece, up to their bound and as long as they go on."""

    def __init__(self, sent: httpx2.AsyncByteStream, encoding: str, bounds: Bounds) -> None:
        self._sent = sent
        self._encoding = encoding
        self._bounds = bounds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        most, size = self._bounds.max_reply_bytes, 0
        try:
            async for piece in _decoded(self._progressing(), self._encoding):
                size += len(piece)
                if size > most:
                    what = f"sent more than {most:,} bytes (backendOptions.maxReplyBytes raises the bound)"
                    raise AnswerRefused(what)
                yield piece
        except httpx2.TimeoutException:
            raise
        except httpx2.TransportError as error:
            raise BrokenOff(f"{type(error).__name__}: {error}".rstrip(": ")) from error

    async def aclose(self) -> None:
        await self._sent.aclose()

    async def _progressing(self) -> AsyncIterator[bytes]:
        last = time.monotonic()
        async for chunk in self._sent:
            now = time.monotonic()
            if not _only_keeps_alive(chunk):
                last = now
            elif now - last > self._bounds.timeout_s:
                raise httpx2.ReadTimeout(f"nothing but signs of life for {self._bounds.timeout_s:g} s")
            yield chunk


async def _decoded(chunks: AsyncIterable[bytes], encoding: str) -> AsyncIterator[bytes]:
    if encoding in ("identity", ""):
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
    return all(_is_sign_of_life(line.strip()) for line in chunk.split(b"\n"))


def _is_sign_of_life(line: bytes) -> bool:
    if not line or line.startswith(b":"):
        return True
    return line in (b"event: ping", b"event:ping") or (line.startswith(b"data:") and line[5:].strip() in PINGS)


PINGS = (b"{}", b'{"type": "ping"}', b'{"type":"ping"}')


def as_httpx(client: httpx2.AsyncClient) -> httpx.AsyncClient:
    """The same client for an SDK that is built on httpx, the library that httpx2 was forked from."""
    import httpx

    class ResponseStream(httpx.AsyncByteStream):
        def __init__(self, response: httpx2.Response) -> None:
            self._response = response

        def __aiter__(self) -> AsyncIterator[bytes]:
            return self._response.aiter_raw()

        async def aclose(self) -> None:
            await self._response.aclose()

    class Through(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            content, headers = await request.aread(), request.headers.multi_items()
            timeout = {"timeout": request.extensions.get("timeout")}
            sent = client.build_request(
                request.method, str(request.url), headers=headers, content=content, extensions=timeout
            )
            response = await client.send(sent, stream=True)
            return httpx.Response(
                response.status_code, headers=response.headers.multi_items(), stream=ResponseStream(response)
            )

        async def aclose(self) -> None:
            await client.aclose()

    return httpx.AsyncClient(transport=Through(), trust_env=False)
