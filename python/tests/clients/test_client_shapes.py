"""Roles alternate where the server wants it, and the message text is unchanged where it does not."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest
from fake_provider import Answer, FakeProvider, Request, in_turn

from rlm_worker.clients.base import ModelRequest
from rlm_worker.clients.shapes import ALTERNATING, ANY_SHAPE, Shape, shape_said
from rlm_worker.errors import ProviderError
from wire import KEY, MESSAGES, client, gemini_answer, gemini_error, openai_answer, openai_error, run

names = (f"shaped-{n}" for n in itertools.count())
"""What is learned of a model is kept for the process, so each test has its own."""

TEMPLATE = "Conversation roles must alternate user/assistant/user/assistant/..."
LLAMA = f"\n------------\nWhile executing CallExpression at line 19, column 27\nError: Jinja Exception: {TEMPLATE}"
VLLM = {"object": "error", "message": TEMPLATE, "type": "BadRequestError", "param": None, "code": 400}
BOTH_AT_ONCE = [("user", "You are exact.\n\nYour context is a str.\n\nTurn 1/20:")]
MERGED = [("system", "You are exact."), ("user", "Your context is a str.\n\nTurn 1/20:")]
UNCHANGED = [(message["role"], message["content"]) for message in MESSAGES]

WANT_ALTERNATION = {
    "vLLM and a template of Mistral's or Gemma's": TEMPLATE,
    "llama.cpp": LLAMA,
    "a newer template": "After the optional system message, conversation roles must alternate user/assistant",
    "Perplexity": "After the (optional) system message(s), user and assistant roles should be alternating.",
    "Perplexity, newer": "After the (optional) system message(s), user or tool message(s) should alternate with "
    "assistant message(s).",
    "Bedrock": "ValidationException: A conversation must alternate between user and assistant roles.",
    "Anthropic's models": 'messages: roles must alternate between "user" and "assistant", but found multiple "user"',
    "DeepSeek": "deepseek-reasoner does not support successive user or assistant messages (messages[1] and "
    "messages[2] in your input). You should interleave the user/assistant messages in the message sequence.",
    "Mistral": "Unexpected role 'user' after role 'user'",
    "Gemini": "Please ensure that multiturn requests alternate between user and model.",
}
WANT_NO_SYSTEM = {
    "vLLM and a template of Gemma's": "System role not supported",
    "o1": "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
    "Gemma on Gemini's API": "Developer instruction is not enabled for models/gemma-3-27b-it",
    "Bedrock": "ValidationException: This model doesn't support system messages. Try again without a system message.",
}
SAY_NOTHING_OF_IT = [
    "This model's maximum context length is 8192 tokens. Please reduce the length of the messages.",
    "Rate limit reached for requests. Try an alternative model.",
    "Unsupported value: 'temperature' does not support 0.2 with this model.",
    "The system is overloaded, and not available.",
    "Rejected by our safety system.",
]


@pytest.mark.parametrize("said", WANT_ALTERNATION.values(), ids=WANT_ALTERNATION)
def test_a_server_that_wants_alternating_roles_is_understood(said: str) -> None:
    assert shape_said(said) == ALTERNATING


@pytest.mark.parametrize("said", WANT_NO_SYSTEM.values(), ids=WANT_NO_SYSTEM)
def test_a_server_that_takes_no_system_role_is_understood(said: str) -> None:
    assert shape_said(said) == Shape(no_system_role=True)


@pytest.mark.parametrize("said", SAY_NOTHING_OF_IT)
def test_other_refusals_say_nothing_of_it(said: str) -> None:
    assert shape_said(said) == ANY_SHAPE


def roles_sent(request: Request) -> list[tuple[str, str]]:
    return [(message["role"], message["content"]) for message in request.body["messages"]]


@pytest.mark.parametrize("backend", ["openai", "openrouter", "vercel", "portkey", "azure_openai"])
@pytest.mark.parametrize(
    "refusal", [Answer(400, openai_error(TEMPLATE)), Answer(400, VLLM), Answer(500, openai_error(LLAMA))]
)
def test_roles_alternate_from_the_refusal_on_and_it_is_remembered(backend: str, refusal: Answer) -> None:
    name = next(names)
    with FakeProvider(in_turn(refusal, openai_answer())) as server:
        for _ in range(2):
            assert run(client(backend, server.url, name).complete(ModelRequest(MESSAGES))).text == "hello"
    assert [roles_sent(request) for request in server.requests] == [UNCHANGED, MERGED, MERGED]


@pytest.mark.parametrize("backend", ["openai", "vllm", "litellm", "ollama"])
@pytest.mark.parametrize("said", WANT_NO_SYSTEM.values(), ids=WANT_NO_SYSTEM)
def test_where_there_is_no_system_role_its_text_begins_the_users_first_message(backend: str, said: str) -> None:
    name, key = next(names), None if backend == "ollama" else KEY
    with FakeProvider(in_turn(Answer(400, openai_error(said)), openai_answer())) as server:
        for _ in range(2):
            assert run(client(backend, server.url, name, key=key).complete(ModelRequest(MESSAGES))).text == "hello"
    assert [roles_sent(request) for request in server.requests][1:] == [BOTH_AT_ONCE, BOTH_AT_ONCE]


def test_gemma_on_geminis_api_takes_no_system_instruction() -> None:
    refusal = Answer(400, gemini_error(WANT_NO_SYSTEM["Gemma on Gemini's API"]))
    with FakeProvider(in_turn(refusal, gemini_answer())) as server:
        assert run(client("gemini", server.url, next(names)).complete(ModelRequest(MESSAGES))).text == "hello"
    first, second = (request.body for request in server.requests)
    assert "systemInstruction" in first and "systemInstruction" not in second
    assert second["contents"][0]["parts"][0]["text"].startswith("You are exact.\n\nYour context")


def test_one_after_the_other_both_are_put_right() -> None:
    answers = [Answer(400, openai_error(TEMPLATE)), Answer(400, openai_error("System role not supported"))]
    with FakeProvider(in_turn(*answers, openai_answer())) as server:
        run(client("openai", server.url, next(names)).complete(ModelRequest(MESSAGES)))
    assert [roles_sent(request) for request in server.requests] == [UNCHANGED, MERGED, BOTH_AT_ONCE]


def test_a_server_that_says_so_again_is_not_asked_a_third_time() -> None:
    with (
        FakeProvider(in_turn(Answer(400, openai_error(TEMPLATE)))) as server,
        pytest.raises(ProviderError) as caught,
    ):
        run(client("openai", server.url, next(names)).complete(ModelRequest(MESSAGES)))
    assert (len(server.requests), caught.value.code) == (2, "provider_rejected_request")


def test_the_messages_are_unchanged_where_the_server_does_not_ask() -> None:
    with FakeProvider(in_turn(Answer(400, openai_error("no such tool")))) as server, pytest.raises(ProviderError):
        run(client("openai", server.url, next(names)).complete(ModelRequest(MESSAGES)))
    assert [roles_sent(request) for request in server.requests] == [UNCHANGED]


def test_calls_that_were_under_way_when_it_was_learned_are_put_right_as_well() -> None:
    name, both_asked = next(names), threading.Barrier(2)

    def strict(request: Request) -> Answer:
        if len(request.messages) == 2:
            return openai_answer()
        both_asked.wait(30)
        return Answer(400, openai_error(TEMPLATE))

    said: list[Any] = []
    with FakeProvider(strict) as server:
        model = client("openai", server.url, name)

        def ask() -> None:
            said.append(run(model.complete(ModelRequest(MESSAGES))).text)

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert said == ["hello", "hello"]
