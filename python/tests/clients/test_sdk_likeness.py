"""What we send without the providers' SDKs is what they would send."""

from __future__ import annotations

from typing import Any

import pytest
from anthropic import AsyncAnthropic
from fake_provider import FakeProvider, Request, in_turn
from openai import AsyncAzureOpenAI, AsyncOpenAI
from portkey_ai import createHeaders

from rlm_worker.clients.base import ModelRequest
from wire import KEY, MESSAGES, anthropic_answer, client, openai_answer, run

OF_THE_SDK = ("x-stainless-", "user-agent", "x-portkey-package", "x-portkey-runtime", "accept", "content-type")


def sent(backend: str, **more: Any) -> Request:
    answer = anthropic_answer() if backend == "anthropic" else openai_answer()
    with FakeProvider(in_turn(answer)) as server:
        run(client(backend, server.url, **more).complete(ModelRequest(MESSAGES, 10)))
    return server.requests[0]


def own(headers: Any) -> dict[str, str]:
    """Those that say who asks, and for what."""
    lowered = {name.lower(): value for name, value in headers.items() if isinstance(value, str)}
    of_http = ("host", "connection", "content-length")
    return {name: value for name, value in lowered.items() if not name.startswith(OF_THE_SDK) and name not in of_http}


def test_anthropics_version_and_key_are_those_of_its_sdk() -> None:
    sdk = AsyncAnthropic(api_key=KEY)
    assert own(sent("anthropic").headers) == own(sdk.default_headers) | own(sdk.auth_headers)


def test_openais_headers_are_those_of_its_sdk() -> None:
    options = {"organization": "o", "project": "p", "default_headers": {"X-A": "b"}}
    sdk = AsyncOpenAI(api_key=KEY, **options)
    assert own(sent("openai", options=options).headers) == own(sdk.default_headers) | own(sdk.auth_headers)


@pytest.mark.parametrize("name", ["gpt-5", "my gpt/5"])
def test_azures_address_is_that_of_its_sdk(name: str) -> None:
    paths = list[str]()
    with FakeProvider(in_turn(openai_answer())) as server:

        async def ask() -> None:
            sdk = AsyncAzureOpenAI(api_key=KEY, azure_endpoint=server.url, api_version="2024-10-21")
            await sdk.chat.completions.create(model=name, messages=[])
            await sdk.close()

        run(ask())
        run(client("azure_openai", server.url, model=name).complete(ModelRequest(MESSAGES, 10)))
        paths = [request.path for request in server.requests]
        keys = [request.headers["api-key"] for request in server.requests]
    assert paths[0] == paths[1] and keys == [KEY, KEY]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"virtual_key": "v", "metadata": {"a": "b"}, "config": {"x": 1}, "request_timeout": 5},
        {"trace_id": "t", "custom_host": "http://h", "forward_headers": ["trace_id", "custom-host"]},
        {"cache_force_refresh": True, "strict_open_ai_compliance": True, "metadata": "text", "config": "pc-1"},
    ],
)
def test_portkeys_headers_are_those_of_its_sdk(options: dict[str, Any]) -> None:
    theirs = createHeaders(**{"api_key": KEY, "strict_open_ai_compliance": False, **options})
    assert own(sent("portkey", options=options).headers) == own(theirs)
