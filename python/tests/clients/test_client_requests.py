from __future__ import annotations

from typing import Any

import pytest
from fake_provider import FakeProvider, Request, in_turn

from rlm_worker._generated.backends import BACKENDS
from rlm_worker._generated.messages import ModelSecrets, ModelSpec
from rlm_worker.clients.backends import create_client
from rlm_worker.clients.base import ModelClient, ModelRequest
from rlm_worker.errors import RunError
from wire import KEY, MESSAGES, WIRES, Wire, anthropic_answer, client, gemini_answer, openai_answer, run

SDK_VARIABLES = {
    "OPENAI_API_KEY": "sk-env-openai",
    "OPENAI_BASE_URL": "http://127.0.0.1:9/env",
    "OPENAI_ORG_ID": "env-org",
    "OPENAI_PROJECT_ID": "env-project",
    "OPENAI_CUSTOM_HEADERS": "X-From-Env: yes",
    "ANTHROPIC_API_KEY": "sk-env-anthropic",
    "ANTHROPIC_AUTH_TOKEN": "env-token",
    "ANTHROPIC_BASE_URL": "http://127.0.0.1:9/env",
    "ANTHROPIC_CUSTOM_HEADERS": "X-From-Env: yes",
    "GEMINI_API_KEY": "env-gemini",
    "GOOGLE_API_KEY": "env-google",
    "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:9/env",
    "GOOGLE_GENAI_USE_VERTEXAI": "true",
    "PORTKEY_API_KEY": "env-portkey",
    "PORTKEY_GATEWAY_URL": "http://127.0.0.1:9/env",
    "AZURE_OPENAI_API_KEY": "env-azure",
    "AZURE_OPENAI_AD_TOKEN": "env-ad",
    "AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:9/env",
}
ANSWERS = {"anthropic": anthropic_answer, "gemini": gemini_answer}


def sent(backend: str, limit: int | None = None, messages: Any = MESSAGES, **more: Any) -> Request:
    with FakeProvider(in_turn(ANSWERS.get(backend, openai_answer)())) as server:
        run(client(backend, server.url, **more).complete(ModelRequest(messages, limit)))
    return server.requests[0]


@pytest.mark.parametrize("backend", ["openai", "vllm", "azure_openai", "anthropic", "gemini", "portkey"])
def test_the_environment_configures_nothing(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SDK_VARIABLES.items():
        monkeypatch.setenv(name, value)
    request = sent(backend, key=None if backend == "vllm" else KEY)
    said = str(request.headers).lower()
    assert "env" not in said.replace("environment", "")
    assert (KEY.lower() in said) == (backend != "vllm")


def test_an_openai_key_never_goes_to_another_backends_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert sent("ollama", key=None).headers["authorization"] == "Bearer no-key"


def test_every_backend_has_its_own_default_host() -> None:
    urls = [facts.address for facts in BACKENDS.values() if facts.address]
    assert len(urls) == len(set(urls))
    assert BACKENDS["openai"].address == "https://api.openai.com/v1"
    assert BACKENDS["openrouter"].address == "https://openrouter.ai/api/v1"


@pytest.mark.parametrize(
    ("backend", "name"),
    [
        ("openai", "max_tokens"),
        ("azure_openai", "max_completion_tokens"),
        ("openrouter", "max_tokens"),
        ("vllm", "max_tokens"),
        ("portkey", "max_tokens"),
        ("anthropic", "max_tokens"),
    ],
)
def test_the_bound_of_the_answer_has_the_backends_name(backend: str, name: str) -> None:
    body = sent(backend, limit=77).body
    assert body[name] == 77
    assert [key for key in body if key.startswith("max_")] == [name]


@pytest.mark.parametrize("backend", ["openai", "openrouter", "portkey"])
def test_no_bound_is_sent_when_none_is_given(backend: str) -> None:
    assert not [name for name in sent(backend).body if name.startswith("max_")]


def test_gemini_takes_its_bound_in_the_config() -> None:
    assert sent("gemini", limit=77).body["generationConfig"]["maxOutputTokens"] == 77


@pytest.mark.parametrize(
    ("model", "bound"), [("claude-sonnet-5-5", 32768), ("claude-3-haiku-20240307", 4096), ("new", 32768)]
)
def test_anthropic_always_has_a_bound_the_model_allows(model: str, bound: int) -> None:
    assert sent("anthropic", model=model).body["max_tokens"] == bound


@pytest.mark.parametrize(
    ("name", "sent_as"),
    [
        ("maxTokens", "max_tokens"),
        ("max_tokens", "max_tokens"),
        ("max_completion_tokens", "max_completion_tokens"),
        ("maxOutputTokens", "max_tokens"),
    ],
)
def test_the_smaller_bound_counts(name: str, sent_as: str) -> None:
    assert sent("openai", limit=77, sampling={name: 50}).body[sent_as] == 50
    assert sent("openai", limit=40, sampling={name: 50}).body[sent_as] == 40


def bound(model: ModelClient, limit: int | None) -> int | None:
    return model.output_limit(limit)


def test_the_bound_is_known_before_the_call() -> None:
    assert bound(client("openai", None), None) is None
    assert bound(client("openai", None, sampling={"maxTokens": 9}), 10) == 9
    assert bound(client("anthropic", None, model="claude-opus-4-1"), None) == 32_000


SAMPLING = {
    "temperature": 0.5,
    "topP": 0.9,
    "stop": ["END"],
    "seed": 7,
    "reasoningEffort": "low",
    "topK": 3,
    "user": None,
}


@pytest.mark.parametrize("backend", ["openai", "portkey"])
def test_openai_style_sampling(backend: str) -> None:
    body = sent(backend, sampling=SAMPLING).body
    expected = {"temperature": 0.5, "top_p": 0.9, "stop": ["END"], "seed": 7, "reasoning_effort": "low", "top_k": 3}
    assert {name: body.get(name) for name in expected} == expected
    assert "user" not in body


def test_anthropic_sampling() -> None:
    body = sent("anthropic", sampling={**SAMPLING, "stop": "END", "thinking": {"type": "adaptive"}}).body
    expected = {
        "temperature": 0.5,
        "top_p": 0.9,
        "top_k": 3,
        "stop_sequences": ["END"],
        "thinking": {"type": "adaptive"},
    }
    assert {name: body.get(name) for name in expected} == expected
    assert body["output_config"] == {"effort": "low"}
    # Anthropic has no seed; it is sent all the same, for the provider to refuse.
    assert body["seed"] == 7


def test_gemini_sampling() -> None:
    config = sent("gemini", sampling=SAMPLING).body["generationConfig"]
    assert config["temperature"] == 0.5 and config["topP"] == 0.9 and config["topK"] == 3 and config["seed"] == 7
    assert config["stopSequences"] == ["END"]
    # The SDK sends this name as it is; the API takes both case styles.
    assert config["thinkingConfig"] == {"thinking_level": "LOW"}


def test_openai_keeps_the_messages_as_they_are() -> None:
    assert sent("openai").body["messages"] == MESSAGES


def test_self_hosted_models_get_alternating_roles() -> None:
    roles = [message["role"] for message in sent("vllm", key=None).body["messages"]]
    assert roles == ["system", "user"]


PARTS = [
    {"role": "system", "content": "One."},
    {"role": "user", "content": [{"type": "text", "text": "Two."}]},
    {"role": "assistant", "content": ""},
    {"role": "user", "content": "Three."},
    {"role": "assistant", "content": "Four."},
    {"role": "user", "content": "Five."},
]


def test_anthropic_system_is_apart_and_roles_alternate() -> None:
    body = sent("anthropic", messages=PARTS).body
    assert body["system"] == "One."
    assert [(m["role"], m["content"]) for m in body["messages"]] == [
        ("user", "Two.\n\nThree."),
        ("assistant", "Four."),
        ("user", "Five."),
    ]


def test_gemini_system_is_apart_and_roles_alternate() -> None:
    body = sent("gemini", messages=PARTS).body
    assert body["systemInstruction"]["parts"] == [{"text": "One."}]
    assert [(c["role"], c["parts"][0]["text"]) for c in body["contents"]] == [
        ("user", "Two.\n\nThree."),
        ("model", "Four."),
        ("user", "Five."),
    ]


@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_default_headers_are_sent(wire: Wire) -> None:
    request = sent(wire.backend, options={"defaultHeaders": {"X-Team": "blue"}, "timeout": 30})
    assert request.headers["x-team"] == "blue"


def test_azure_calls_the_deployment_with_its_version() -> None:
    request = sent("azure_openai", model="my-gpt", options={"apiVersion": "2025-01-01-preview"})
    assert request.path == "/openai/deployments/my-gpt/chat/completions?api-version=2025-01-01-preview"
    assert request.headers["api-key"] == KEY


def test_azure_without_a_key_takes_a_token() -> None:
    request = sent("azure_openai", key=None, options={"azure_ad_token": "token-of-azure-ad"})
    assert request.headers["authorization"] == "Bearer token-of-azure-ad"


def test_portkey_options_become_its_headers() -> None:
    request = sent("portkey", options={"virtual_key": "vk-1", "trace_id": "t-1"})
    assert (request.headers["x-portkey-virtual-key"], request.headers["x-portkey-trace-id"]) == ("vk-1", "t-1")


@pytest.mark.parametrize("backend", [name for name, facts in BACKENDS.items() if facts.needs_base_url])
def test_a_backend_without_an_address_of_its_own_asks_for_one(backend: str) -> None:
    spec = ModelSpec(backend=backend, model="m", base_url=None, sampling_args={}, price_provider=None)
    with pytest.raises(RunError, match=f"{backend} needs its server's address: set baseUrl, as \"http") as caught:
        create_client(spec, ModelSecrets(api_key="of-this-server", backend_options={}))
    assert caught.value.code == "invalid_setting"
