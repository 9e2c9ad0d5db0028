"""What we send without the providers' SDKs is what they would send, and their options are known. Each test imports the
SDK that it needs, and of it what that needs: all three are five thousand modules. All such tests are in this file, so
that one process runs them."""

from __future__ import annotations

import gc
import inspect
import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from fake_provider import FakeProvider, Request, in_turn
from lazy_packages import lazy_packages

from rlm_worker.clients.backend_options import BACKEND_OPTIONS, BOUNDS
from rlm_worker.clients.base import ModelRequest
from rlm_worker.clients.described_schema import described_schema
from rlm_worker.clients.options import OURS
from rlm_worker.clients.reply_schema import anthropic_schema
from rlm_worker.errors import RunError
from wire import KEY, MESSAGES, WIRES, Wire, anthropic_answer, client, openai_answer, run

pytestmark = pytest.mark.slow

OF_THE_SDK = ("x-stainless-", "user-agent", "x-portkey-package", "x-portkey-runtime", "accept", "content-type")


@pytest.fixture(scope="module", autouse=True)
def sdks() -> Iterator[None]:
    """What they are stays to the end: to look for garbage in it is a quarter of what their import takes."""
    gc.disable()
    with lazy_packages("anthropic", "openai", "portkey_ai"):
        yield
    gc.freeze()
    gc.enable()


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
    from anthropic import AsyncAnthropic

    sdk = AsyncAnthropic(api_key=KEY)
    assert own(sent("anthropic").headers) == own(sdk.default_headers) | own(sdk.auth_headers)


def test_openais_headers_are_those_of_its_sdk() -> None:
    from openai import AsyncOpenAI

    options = {"organization": "o", "project": "p", "default_headers": {"X-A": "b"}}
    sdk = AsyncOpenAI(api_key=KEY, **options)
    assert own(sent("openai", options=options).headers) == own(sdk.default_headers) | own(sdk.auth_headers)


@pytest.mark.parametrize("name", ["gpt-5", "my gpt/5"])
def test_azures_address_is_that_of_its_sdk(name: str) -> None:
    from openai import AsyncAzureOpenAI

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
    from portkey_ai import createHeaders

    theirs = createHeaders(**{"api_key": KEY, "strict_open_ai_compliance": False, **options})
    assert own(sent("portkey", options=options).headers) == own(theirs)


CLOSED = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
SCHEMAS = [
    {"type": "integer", "minimum": 1, "maximum": 10, "description": "A number"},
    {"type": "number", "multipleOf": 0.5, "title": "T", "description": ""},
    {"type": "boolean", "description": None, "title": None, "default": True},
    {"type": "string", "pattern": "^a", "format": "date", "minLength": 1},
    {"type": "string", "format": "regex", "minLength": 1},
    {"type": "string", "format": ""},
    {"type": "null"},
    {"type": "array"},
    {"type": "array", "items": {"type": "string", "maxLength": 3}, "minItems": 0, "uniqueItems": True},
    {"type": "array", "minItems": 1, "maxItems": 2, "prefixItems": [{"type": "string"}]},
    {"type": "array", "minItems": 2, "items": CLOSED, "maxItems": 3},
    CLOSED,
    {"type": "object"},
    {"type": "object", "properties": {"a": CLOSED, "title": {"type": "string"}}, "additionalProperties": True, "x": 1},
    {"type": "object", "properties": {}, "minProperties": 1, "patternProperties": {"^a": {"type": "null"}}},
    {"enum": ["a", 1, None, True], "type": "string", "description": "d"},
    {"enum": [["a"], {}], "type": "array", "items": {"type": "string"}},
    {"enum": [], "type": "string"},
    {"enum": ["a"], "type": ["string", "null"]},
    {"const": "a", "title": "t"},
    {"const": None, "enum": [None, 1]},
    {"const": {"a": 1}, "type": "object"},
    {"anyOf": [CLOSED, {"type": "null"}], "description": "either", "default": None},
    {"oneOf": [CLOSED, {"const": 1}], "discriminator": {"propertyName": "n"}},
    {"allOf": [CLOSED, {"type": "object", "properties": {"m": {"enum": ["x"]}}}]},
    {"anyOf": [CLOSED], "oneOf": [CLOSED], "allOf": [{"type": "null"}]},
    {"type": "object", "anyOf": [{"type": "object", "properties": {"m": {"const": 1}}}], "required": ["m"]},
    {"type": "string", "enum": ["a"], "anyOf": [{"type": "string"}]},
    {"$ref": "#/$defs/x", "description": "left out", "$defs": {"x": CLOSED}},
    {"$defs": {"x": {"type": "array", "items": {"$ref": "#/$defs/x"}, "minItems": 4}}, **CLOSED, "if": {"n": 1}},
    {"definitions": {"x": {"type": "string"}}, "type": "array", "items": {"$ref": "#/definitions/x"}},
]
NULLABLE = {"type": ["string", "null"]}
"""Has words once its types are apart."""

WITHOUT_WORDS = [
    {},
    {"description": "anything"},
    {"enum": [["a"]]},
    NULLABLE,
    {"type": "text"},
    {"anyOf": [{}]},
    {"anyOf": [CLOSED], "type": "text"},
    {"type": "array", "items": True},
    {"type": "object", "properties": {"a": False}},
    {"anyOf": [True]},
    {**CLOSED, "$defs": {"x": {}}},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_anthropic_gets_the_schema_that_its_sdk_makes_of_one(schema: dict[str, Any]) -> None:
    from anthropic import transform_schema

    given = json.dumps(schema)
    assert json.dumps(described_schema(schema)) == json.dumps(transform_schema(json.loads(given)))
    assert json.dumps(schema) == given


@pytest.mark.parametrize("schema", WITHOUT_WORDS, ids=str)
def test_what_anthropics_sdk_has_no_words_for_has_none_here(schema: dict[str, Any]) -> None:
    from anthropic import transform_schema

    with pytest.raises((ValueError, AssertionError, TypeError)):
        transform_schema(schema)
    with pytest.raises(ValueError, match=r"type"):
        described_schema(schema)
    assert (anthropic_schema(schema) is None) is (schema != NULLABLE)


def test_a_property_that_may_be_anything_is_asked_for_without_a_schema() -> None:
    anything = {"type": "object", "properties": {"n": True}, "required": ["n"]}
    with FakeProvider(in_turn(anthropic_answer())) as server:
        run(client("anthropic", server.url).complete(ModelRequest(MESSAGES, 50, schema=anything)))
    assert "output_config" not in server.requests[0].body


SET_BY_THE_WORKER = {
    *("api_key", "base_url", "http_client", "max_retries", "admin_api_key", "provider", "workload_identity"),
    *("credentials", "config", "profile", "middleware", "instrumentation", "debug"),
}
NOTHING_TO_A_COMPLETION = {"webhook_secret", "webhook_key", "websocket_base_url", "open_telemetry"}
NOT_BESIDE_A_KEY_OR_AN_ADDRESS = {"auth_token", "data_residency"}
NOT_JSON = {"azure_ad_token_provider"}


@pytest.mark.parametrize(
    ("backend", "sdk", "constructor"),
    [
        ("openai", "openai", "AsyncOpenAI"),
        ("azure_openai", "openai", "AsyncAzureOpenAI"),
        ("anthropic", "anthropic", "AsyncAnthropic"),
        ("portkey", "portkey_ai", "AsyncPortkey"),
    ],
)
def test_every_option_of_an_sdk_is_known(backend: str, sdk: str, constructor: str) -> None:
    parameters = inspect.signature(getattr(import_module(sdk), constructor)).parameters.values()
    taken = {p.name for p in parameters if p.kind is p.KEYWORD_ONLY and not p.name.startswith("_")}
    known = BACKEND_OPTIONS[backend].keys() - set(BOUNDS) - {"default_headers"}
    ours = SET_BY_THE_WORKER - ({"provider", "config"} if backend == "portkey" else set())
    others = ours | NOTHING_TO_A_COMPLETION | NOT_BESIDE_A_KEY_OR_AN_ADDRESS | NOT_JSON | {*BOUNDS, "default_headers"}
    assert taken - others == known


@pytest.mark.filterwarnings("ignore:.* is not a valid")
@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_no_sampling_argument_of_any_value_fails_in_the_words_of_an_sdk(wire: Wire) -> None:
    from anthropic.resources.messages import AsyncMessages
    from openai.resources.chat.completions import AsyncCompletions

    names = {
        **inspect.signature(AsyncCompletions.create).parameters,
        **inspect.signature(AsyncMessages.create).parameters,
    }
    with FakeProvider(in_turn(wire.answer())) as server:
        for name in names.keys() - {*OURS, "self", "timeout"}:
            for value in ("x", "ключ", 7, ["a"], {"a": ["b"]}):
                refused = asked_with(wire, server.url, {name: value})
                assert refused is None or refused.code == "invalid_setting", (name, value, refused)


def asked_with(wire: Wire, url: str, sampling: dict[str, Any]) -> RunError | None:
    try:
        run(client(wire.backend, url, sampling=sampling).complete(ModelRequest(MESSAGES, 10)))
    except RunError as refused:
        return refused
    return None
