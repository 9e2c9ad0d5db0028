"""No fault of ``backendOptions`` reaches a provider or an SDK: each is an error with a code and the option's name."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any

import pytest
from fake_provider import FakeProvider, in_turn

from rlm_worker.clients.backend_options import BACKEND_OPTIONS, BOUNDS
from rlm_worker.clients.backends import PROFILES
from rlm_worker.clients.base import ModelRequest
from rlm_worker.clients.options import OURS, SHAPED
from rlm_worker.clients.rules import (
    BYTES,
    COUNT,
    FLAG,
    HEADERS,
    QUERY,
    SECONDS,
    TEXT,
    TEXT_OR_OBJECT,
    TEXT_OR_TEXTS,
    TEXTS,
    URL,
    Rule,
)
from rlm_worker.errors import RunError
from wire import MESSAGES, WIRES, Wire, anthropic_answer, client, gemini_answer, openai_answer, run

GOOD: dict[Rule, list[Any]] = {
    TEXT: ["a", "a b"],
    URL: ["https://example.com/x"],
    FLAG: [True, False],
    COUNT: [1],
    TEXTS: [[], ["x-a"]],
    HEADERS: [{}, {"X-Team": "a", "X-Empty": ""}],
    QUERY: [{}, {"a": "b", "c": 1, "d": True}],
    TEXT_OR_TEXTS: ["{}", {"a": "b"}],
    TEXT_OR_OBJECT: ["pc-1", {"retry": {"attempts": 1}}],
    SECONDS: [30.5, 30, 604_800],
    BYTES: [1 << 20],
}
ANYTHING: list[Any] = [
    *("", " ", "a\nb", " a", "ключ", "30", "no url", "https://", "https://a b", 0, -1, 7, 1e99, 1.5, True, False),
    *([], ["a"], [7], ["ключ"], {}, {"a": 7}, {"a": ["b"]}, {"a": {"b": "c"}}, {"a": None}),
]
OPTIONS = [(backend, name) for backend, rules in BACKEND_OPTIONS.items() for name in rules]
ANSWERS = {"anthropic": anthropic_answer, "gemini": gemini_answer}


def refusal(backend: str, options: dict[str, Any]) -> str:
    """Of a client that is not even made: nothing was sent."""
    with pytest.raises(RunError) as caught:
        client(backend, "http://127.0.0.1:1", options=options)
    assert caught.value.code == "invalid_setting"
    return caught.value.message


def test_every_backend_has_rules() -> None:
    assert BACKEND_OPTIONS.keys() == PROFILES.keys()


@pytest.mark.parametrize(("backend", "name"), OPTIONS)
def test_a_wrong_value_is_refused_by_name_before_any_call(backend: str, name: str) -> None:
    rule = BACKEND_OPTIONS[backend][name]
    for value in ANYTHING:
        if not rule.allows(value):
            assert refusal(backend, {name: value}) == f"backendOptions.{name} must {rule.words}."


@pytest.mark.parametrize("backend", PROFILES)
def test_an_unknown_name_is_refused_with_the_known_ones(backend: str) -> None:
    message = refusal(backend, {"orgnization": "x"})
    assert message.startswith(f'backendOptions.orgnization is no option of backend "{backend}". It takes: ')
    assert "timeout" in message


@pytest.mark.parametrize("value", ["a\nb", " a", "ключ"])
@pytest.mark.parametrize("name", ["default_headers", "defaultHeaders"])
def test_a_header_that_http_does_not_carry_is_named(name: str, value: str) -> None:
    message = refusal("openai", {name: {"X-Team": value}})
    assert message == f"backendOptions.{name}: 'X-Team' is no header that HTTP carries: check its blanks."
    assert "'X Team' is no header" in refusal("openai", {name: {"X Team": "a"}})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backend", "name"), [one for one in OPTIONS if one[0] != "offline" and one[1] != "azure_endpoint"]
)
def test_what_the_rules_take_the_sdk_takes(backend: str, name: str) -> None:
    answer = ANSWERS.get(backend, openai_answer)()
    rule = BACKEND_OPTIONS[backend][name]
    with FakeProvider(in_turn(answer)) as server:
        for value in GOOD[rule] + [one for one in ANYTHING if name not in BOUNDS and rule.allows(one)]:
            asked = client(backend, server.url, options={name: value}).complete(ModelRequest(MESSAGES, 10))
            assert run(asked).text == "hello", value


@pytest.mark.parametrize("name", BOUNDS)
def test_null_is_as_if_it_was_not_there(name: str) -> None:
    assert client("openai", None, options={name: None}).settings == client("openai", None).settings


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


@pytest.mark.parametrize("name", SHAPED)
def test_what_an_sdk_would_refuse_of_sampling_args_is_refused_by_name(name: str) -> None:
    for value in ANYTHING:
        if not SHAPED[name].allows(value):
            with pytest.raises(RunError) as caught:
                client("anthropic", None, sampling={name: value})
            assert (caught.value.code, caught.value.message) == (
                "invalid_setting",
                f"samplingArgs.{name} must {SHAPED[name].words}.",
            )


@pytest.mark.slow
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
