"""A client that builds its requests itself: what the SDKs do to one takes longer than all the rest of a call."""

from __future__ import annotations

import asyncio
import json
from abc import abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple, cast

import httpx2

from ..json_bytes import to_json_bytes
from .base import ModelClient
from .http.client import ACCEPTED, HttpClient
from .http.message import Answer, Request

USER_AGENT = "rlm-bridge"
OF_A_REQUEST = ("extra_headers", "extra_query", "extra_body", "timeout")
"""Sampling arguments that are none of the body's."""


class Refusal(NamedTuple):
    """The answer to a call that was refused. ``headers``: by their names in lower case."""

    headers: Mapping[str, str]
    text: str
    is_stream_consumed: bool = True


class StatusError(Exception):
    """A provider answered with a status that is no success.

    Attributes:
        body: its error, where it is JSON and has one.
    """

    def __init__(self, status: int, headers: Mapping[str, str], text: str) -> None:
        self.status_code = status
        self.response = Refusal(headers, text)
        self.body = _error_in(text)
        super().__init__(f"{status}: {text}" if text else str(status))


class HttpModelClient(ModelClient):
    """JSON is posted to one address. Its connections are opened with the first call."""

    _http: HttpClient | None = None

    @abstractmethod
    def _address(self) -> httpx2.URL:
        """Where calls go, without the queries of the options."""

    @abstractmethod
    def _headers(self) -> dict[str, str]:
        """Who calls, and what else the API asks for beside the headers of the options."""

    @cached_property
    def _request(self) -> Request:
        return Request("POST", self._with_query(self._address()), self._all_headers())

    @cached_property
    def _sampled(self) -> dict[str, Any]:
        """What the caller's sampling arguments put into each body."""
        return {name: value for name, value in self._sampling.values.items() if name not in OF_A_REQUEST}

    async def _post(self, body: Mapping[str, Any]) -> Answer:
        """The answer, to be read or closed. Raises StatusError, and as ``HttpClient.ask`` does."""
        whole = {**body, **self._sampling.values.get("extra_body", {})}
        return await self._ask(self._request, to_json_bytes(whole))

    async def _get(self, url: httpx2.URL) -> Answer:
        return await self._ask(Request("GET", self._with_query(url), self._all_headers()), b"")

    async def _ask(self, request: Request, body: bytes) -> Answer:
        http = self._http or await self._opened()
        answer = await http.ask(request, body)
        if answer.status < 400:
            return answer
        raise StatusError(answer.status, answer.headers, (await answer.read()).decode("utf-8", "replace"))

    async def _opened(self) -> HttpClient:
        # Reading the authorities takes as long as many calls; in a thread, so that those of other clients go on.
        is_plain = self._request.url.scheme == "http"
        timeout_s = self._sampling.values.get("timeout")
        http = await asyncio.to_thread(HttpClient, self.settings.bounds, timeout_s, is_plain=is_plain)
        self._http = self._http or http
        return self._http

    async def aclose(self) -> None:
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()

    def _with_query(self, url: httpx2.URL) -> httpx2.URL:
        options, sampling = self.settings.backend_options, self._sampling.values
        query = {**options.get("default_query", {}), **sampling.get("extra_query", {})}
        return url.copy_merge_params(query) if query else url

    def _all_headers(self) -> dict[str, str]:
        """Of one name, the last counts, in whatever case."""
        own = {"accept": "application/json", "accept-encoding": ACCEPTED, "content-type": "application/json"}
        given = (
            {"user-agent": USER_AGENT, **own},
            self._headers(),
            self.settings.backend_options.get("default_headers", {}),
            self._sampling.values.get("extra_headers", {}),
        )
        return {name.lower(): value for headers in given for name, value in headers.items()}


def below(base_url: str, path: str) -> httpx2.URL:
    """An address below a base URL, whose query stays."""
    base = httpx2.URL(base_url)
    whole, separator, query = base.raw_path.partition(b"?")
    return base.copy_with(raw_path=whole.rstrip(b"/") + path.encode("ascii") + separator + query)


def _error_in(text: str) -> Any:
    try:
        body: Any = json.loads(text)
    except ValueError:
        return None
    return cast("Mapping[str, Any]", body).get("error", body) if isinstance(body, Mapping) else body
