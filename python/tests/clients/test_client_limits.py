"""A bound that a model refuses is corrected once from the refusal, remembered for the process, and goes on."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from fake_provider import Answer, FakeProvider, in_turn

from rlm_worker.clients.base import ModelRequest
from rlm_worker.errors import ProviderError
from wire import (
    MESSAGES,
    anthropic_answer,
    anthropic_error,
    client,
    gemini_answer,
    gemini_error,
    openai_answer,
    openai_error,
    run,
)

names = (f"model-{n}" for n in itertools.count())
"""What is learned of a model is kept for the process, so each test has its own."""

TOO_LARGE = {
    "openai": openai_error("max_tokens is too large: 32768. This model supports at most 4096 completion tokens."),
    "portkey": openai_error("max_tokens is too large: 32768. This model supports at most 4096 completion tokens."),
    "anthropic": anthropic_error(
        "max_tokens: 32768 > 4096, which is the maximum allowed number of output tokens for m"
    ),
    "gemini": gemini_error(
        "maxOutputTokens value of 32768 but the supported range is from 1 (inclusive) to 4097 (exclusive)"
    ),
}
ANSWERS = {"anthropic": anthropic_answer, "gemini": gemini_answer}


def bounds_sent(server: FakeProvider) -> list[dict[str, Any]]:
    bodies = [{**request.body, **request.body.get("generationConfig", {})} for request in server.requests]
    return [{name: body[name] for name in body if name.lower().startswith("max")} for body in bodies]


def values(server: FakeProvider) -> list[Any]:
    return [value for bounds in bounds_sent(server) for value in bounds.values()]


@pytest.mark.parametrize("backend", TOO_LARGE)
def test_the_limit_of_an_answer_is_corrected_once_from_the_providers_400_and_remembered(backend: str) -> None:
    name, answer = next(names), ANSWERS.get(backend, openai_answer)()
    with FakeProvider(in_turn(Answer(400, TOO_LARGE[backend]), answer)) as server:
        for model in (client(backend, server.url, name), client(backend, server.url, name)):
            assert run(model.complete(ModelRequest(MESSAGES, 32_768))).text == "hello"
    assert values(server) == [32_768, 4096, 4096]


@pytest.mark.parametrize("backend", TOO_LARGE)
def test_a_provider_that_says_so_again_is_not_asked_a_third_time(backend: str) -> None:
    with FakeProvider(in_turn(Answer(400, TOO_LARGE[backend]))) as server, pytest.raises(ProviderError) as caught:
        run(client(backend, server.url, next(names)).complete(ModelRequest(MESSAGES, 32_768)))
    assert (len(server.requests), caught.value.code) == (2, "provider_rejected_request")


USE_NEW = openai_error(
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
)
USE_OLD = openai_error("Unrecognized request argument supplied: max_completion_tokens")
MISTRAL = {"detail": [{"type": "extra_forbidden", "loc": ["body", "max_completion_tokens"], "msg": "Extra inputs"}]}


@pytest.mark.parametrize(
    ("backend", "name", "sampling", "refusal", "sent"),
    [
        ("openai", "", {}, (400, USE_NEW), ["max_tokens", "max_completion_tokens"]),
        ("portkey", "", {}, (400, USE_NEW), ["max_tokens", "max_completion_tokens"]),
        ("litellm", "", {}, (400, USE_NEW), ["max_tokens", "max_completion_tokens"]),
        ("azure_openai", "", {}, (400, USE_OLD), ["max_completion_tokens", "max_tokens"]),
        ("openai", "gpt-5-", {}, (422, MISTRAL), ["max_completion_tokens", "max_tokens"]),
        ("openai", "", {"max_tokens": 50}, (400, USE_NEW), ["max_tokens", "max_completion_tokens"]),
    ],
)
def test_the_name_of_the_bound_is_corrected_once_and_remembered(
    backend: str, name: str, sampling: Any, refusal: tuple[int, Any], sent: list[str]
) -> None:
    name += next(names)
    with FakeProvider(in_turn(Answer(*refusal), openai_answer())) as server:
        for _ in range(2):
            run(client(backend, server.url, name, sampling).complete(ModelRequest(MESSAGES, 50)))
    assert bounds_sent(server) == [{sent[0]: 50}, {sent[1]: 50}, {sent[1]: 50}]


@pytest.mark.parametrize(
    ("backend", "url", "model", "options", "sampling", "expected"),
    [
        ("openai", None, "gpt-4o", {}, {}, ["max_completion_tokens"]),
        ("openai", None, "gpt-4o", {}, {"max_tokens": 9}, ["max_tokens"]),
        ("openai", None, "gpt-4o", {}, {"maxTokens": 9}, ["max_tokens"]),
        ("openai", None, "gpt-4o", {}, {"maxOutputTokens": 9}, ["max_completion_tokens"]),
        ("openai", "http://127.0.0.1:8080/v1", "qwen", {}, {}, ["max_tokens"]),
        ("openai", "http://127.0.0.1:8080/v1", "qwen", {}, {"max_tokens": 9}, ["max_tokens"]),
        ("openai", "http://127.0.0.1:8080/v1", "qwen", {}, {"max_completion_tokens": 9}, ["max_completion_tokens"]),
        ("openai", "https://api.mistral.ai/v1", "mistral-large", {}, {}, ["max_tokens"]),
        ("portkey", None, "@openai/gpt-5-mini", {}, {}, ["max_completion_tokens"]),
        ("portkey", None, "gpt-4o", {}, {"max_completion_tokens": 9}, ["max_completion_tokens"]),
        ("litellm", "http://h/v1", "openai/gpt-5", {}, {}, ["max_completion_tokens"]),
        ("litellm", "http://h/v1", "o3-mini", {}, {}, ["max_completion_tokens"]),
        ("litellm", "http://h/v1", "mistral/mistral-large", {}, {}, ["max_tokens"]),
        ("vllm", "http://h/v1", "gpt-5", {}, {}, ["max_completion_tokens"]),
        ("openrouter", None, "openai/gpt-5", {}, {}, ["max_tokens"]),
        ("azure_openai", "https://h", "d", {}, {}, ["max_completion_tokens"]),
        ("azure_openai", "https://h", "d", {"apiVersion": "2024-06-01"}, {}, ["max_tokens"]),
        ("azure_openai", "https://h", "d", {"apiVersion": "2025-01-01-preview"}, {}, ["max_completion_tokens"]),
    ],
)
def test_the_name_of_the_bound_goes_by_backend_model_and_server_and_what_the_caller_said_is_never_renamed(
    backend: str, url: str | None, model: str, options: Any, sampling: Any, expected: list[str]
) -> None:
    built = client(backend, url, model, sampling, options)
    assert list(built.limit_names()) == expected


WINDOW = (
    "This model's maximum context length is 8192 tokens and your request has 8000 input tokens (500 > 8192 - 8000)."
)
BOTH = "input length and `max_tokens` exceed context limit: 8000 + 500 > 8192, decrease input length or `max_tokens`"


@pytest.mark.parametrize(
    ("backend", "refusal"),
    [("openai", openai_error(WINDOW)), ("portkey", openai_error(WINDOW)), ("anthropic", anthropic_error(BOTH))],
)
def test_input_and_bound_beyond_the_window_cut_the_bound_to_the_room_that_is_left(backend: str, refusal: Any) -> None:
    answer = ANSWERS.get(backend, openai_answer)()
    with FakeProvider(in_turn(Answer(400, refusal), answer)) as server:
        model = client(backend, server.url, next(names))
        assert run(model.complete(ModelRequest(MESSAGES, 500))).text == "hello"
        assert values(server) == [500, 192]
        long = [{"role": "user", "content": "word " * 7900}]
        run(model.complete(ModelRequest(long, 500)))
    assert 200 < values(server)[2] < 300, "the window is remembered, and the prompt measured"


LLAMA = {
    "error": {
        "code": 400,
        "message": "request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 5000,
        "n_ctx": 4096,
    }
}


@pytest.mark.parametrize(
    ("backend", "refusal"),
    [
        ("vllm", LLAMA),
        (
            "openai",
            openai_error(
                "This model's maximum context length is 4096 tokens. However, your messages resulted in 5000 tokens.",
                code="context_length_exceeded",
            ),
        ),
        ("anthropic", anthropic_error("prompt is too long: 5000 tokens > 4096 maximum")),
        ("gemini", gemini_error("The input token count (5000) exceeds the maximum number of tokens allowed (4096).")),
    ],
)
def test_a_prompt_beyond_the_window_is_context_too_long_with_both_numbers(backend: str, refusal: Any) -> None:
    name = next(names)
    with FakeProvider(in_turn(Answer(400, refusal))) as server, pytest.raises(ProviderError) as caught:
        run(client(backend, server.url, name).complete(ModelRequest(MESSAGES, 100)))
    error = caught.value
    assert (error.code, error.retryable, len(server.requests)) == ("context_too_long", False, 1)
    assert "5,000" in error.message and "4,096" in error.message
    assert client(backend, server.url, name).learned.context_window == 4096


def test_a_window_without_room_for_an_answer_is_too_small() -> None:
    said = openai_error("This model's maximum context length is 8192 tokens and your request has 8180 input tokens")
    with FakeProvider(in_turn(Answer(400, said))) as server, pytest.raises(ProviderError) as caught:
        run(client("vllm", server.url, next(names)).complete(ModelRequest(MESSAGES, 500)))
    assert (caught.value.code, len(server.requests)) == ("context_too_long", 1)
