"""No fault of ``backendOptions`` reaches a provider or an SDK: each is an error with a code and the option's name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fake_provider import FakeProvider, in_turn

from rlm_worker.clients.backend_options import BACKEND_OPTIONS, BOUNDS
from rlm_worker.clients.backends import PROFILES
from rlm_worker.clients.base import ModelRequest
from rlm_worker.clients.options import SHAPED
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
from wire import MESSAGES, anthropic_answer, client, gemini_answer, openai_answer, run

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


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(in_turn("nothing yet")) as provider:
        yield provider


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
def test_what_the_rules_take_the_sdk_takes(provider: FakeProvider, backend: str, name: str) -> None:
    provider.script = in_turn(ANSWERS.get(backend, openai_answer)())
    rule = BACKEND_OPTIONS[backend][name]
    for value in GOOD[rule] + [one for one in ANYTHING if name not in BOUNDS and rule.allows(one)]:
        asked = client(backend, provider.url, options={name: value}).complete(ModelRequest(MESSAGES, 10))
        assert run(asked).text == "hello", value


@pytest.mark.parametrize("name", BOUNDS)
def test_null_is_as_if_it_was_not_there(name: str) -> None:
    assert client("openai", None, options={name: None}).settings == client("openai", None).settings


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
