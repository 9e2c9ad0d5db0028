"""How each provider says that a reply ended, and what it is called here."""

from __future__ import annotations

from typing import Any

import pytest
from fake_provider import Answer, FakeProvider, in_turn

from rlm_worker.clients.base import ModelReply, ModelRequest, TokenUsage, UnusableReply
from rlm_worker.errors import ProviderError
from wire import MESSAGES, WIRES, Wire, anthropic_answer, client, gemini_answer, openai_answer, run, sse

BLANKS = ("", "  \n\t", "\u00a0\u2003\u3000", "\u200b\ufeff\u2060", "\u3164\u2800")
OPENAI = ["openai", "portkey", "vllm"]


def complete(backend: str, answer: Answer) -> ModelReply:
    with FakeProvider(in_turn(answer)) as server:
        return run(client(backend, server.url).complete(ModelRequest(MESSAGES)))


def unusable(backend: str, answer: Answer) -> UnusableReply:
    with pytest.raises(UnusableReply) as caught:
        complete(backend, answer)
    return caught.value


def chat(**choice: Any) -> Answer:
    return openai_answer(content=choice.pop("content", None), **choice)


REFUSED = [
    *[(backend, chat(finish_reason="content_filter")) for backend in OPENAI],
    *[(backend, chat(message={"refusal": "I will not."})) for backend in OPENAI],
    ("openai", chat(content="half a", finish_reason="content_filter")),
    ("openrouter", chat(finish_reason="refusal")),
    ("anthropic", anthropic_answer([], stop_reason="refusal")),
    ("anthropic", anthropic_answer(None, stop_reason="refusal")),
    *[
        ("gemini", gemini_answer(candidates=[{"finishReason": reason, "index": 0}]))
        for reason in (
            *("SAFETY", "RECITATION", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "IMAGE_SAFETY", "LANGUAGE", "OTHER"),
            "A_REASON_OF_NEXT_YEAR",
        )
    ],
    ("openai", Answer(body={"error": "the model does not answer that"})),
    ("vllm", Answer(body={"error": {"message": "no"}})),
    ("gemini", Answer(body={"error": "no"})),
]
EMPTY = [
    *[(wire.backend, wire.answer(blank)) for wire in WIRES if wire.backend in OPENAI for blank in BLANKS],
    *[("anthropic", anthropic_answer([{"type": "text", "text": blank}])) for blank in BLANKS],
    *[("gemini", gemini_answer([{"text": blank}])) for blank in BLANKS],
    *[(backend, openai_answer(choices=[])) for backend in OPENAI],
    ("vllm", Answer(body={"object": "chat.completion"})),
    ("vllm", chat(message={"reasoning_content": "Let me see."})),
    ("openai", chat(finish_reason="length")),
    ("openai", chat(content="<think>Let me see.</think>\n")),
    ("anthropic", anthropic_answer([])),
    ("anthropic", anthropic_answer([{"type": "thinking", "thinking": "hm", "signature": "s"}])),
    ("anthropic", anthropic_answer([], stop_reason="max_tokens")),
    ("gemini", gemini_answer([{"text": "hm", "thought": True}])),
    ("gemini", gemini_answer(candidates=[])),
]
UNSUPPORTED = [
    *[(backend, chat(finish_reason="tool_calls")) for backend in OPENAI],
    ("vllm", chat(message={"tool_calls": [{"id": "1"}]}, finish_reason="stop")),
    ("openai", chat(message={"function_call": {"name": "f"}}, finish_reason="function_call")),
    ("anthropic", anthropic_answer(None, stop_reason="tool_use")),
    ("anthropic", anthropic_answer(None, stop_reason="pause_turn")),
    ("gemini", gemini_answer(candidates=[{"finishReason": "MALFORMED_FUNCTION_CALL", "index": 0}])),
]
KINDS = [("refused", REFUSED), ("empty", EMPTY), ("unsupported", UNSUPPORTED)]


@pytest.mark.parametrize(
    ("reason", "backend", "answer"), [(reason, *case) for reason, cases in KINDS for case in cases]
)
def test_a_reply_that_says_nothing_is_a_failed_call(reason: str, backend: str, answer: Answer) -> None:
    error = unusable(backend, answer)
    assert (error.code, error.retryable, error.reply.finish_reason) == ("no_usable_reply", False, reason)


@pytest.mark.parametrize(
    ("backend", "answer"),
    [
        *[(backend, chat(content="cut off he", finish_reason="length")) for backend in OPENAI],
        ("openrouter", chat(content="cut off he", finish_reason="MAX_TOKENS")),
        ("anthropic", anthropic_answer([{"type": "text", "text": "cut off he"}], stop_reason="max_tokens")),
        (
            "anthropic",
            anthropic_answer([{"type": "text", "text": "cut off he"}], stop_reason="model_context_window_exceeded"),
        ),
        (
            "gemini",
            gemini_answer(candidates=[{"finishReason": "MAX_TOKENS", "content": {"parts": [{"text": "cut off he"}]}}]),
        ),
    ],
)
def test_the_text_of_a_cut_reply_is_kept(backend: str, answer: Answer) -> None:
    got = complete(backend, answer)
    assert (got.text, got.finish_reason) == ("cut off he", "length")


@pytest.mark.parametrize("word", [None, "stop", "eos", "eos_token", "end_turn", "stop_sequence", "STOP", "COMPLETE"])
def test_the_words_of_other_servers_for_an_ordinary_end_are_no_alarm(word: str | None) -> None:
    assert complete("vllm", chat(content="whole", finish_reason=word)).finish_reason == "stop"


WHOLE = [(wire.backend, wire.answer()) for wire in WIRES]
MESSAGE_STOP = b'event: message_stop\ndata: {"type": "message_stop"}\n\n'
CUT = [
    *[(backend, Answer(body=b"")) for backend in (*OPENAI, "anthropic", "gemini")],
    *[(backend, Answer(body=b" \n\n ")) for backend in (*OPENAI, "anthropic", "gemini")],
    *[(backend, Answer(body=b'{"choices": [{"index": 0, "mess')) for backend in (*OPENAI, "gemini")],
    ("openai", Answer(body=b'data: {"choices": [{"delta": {"content": "half"}}]}\n\n')),
    ("anthropic", Answer(body=anthropic_answer().body.removesuffix(MESSAGE_STOP), content_type="text/event-stream")),
    ("anthropic", Answer(body=b'data: {"type": "message_st', content_type="text/event-stream")),
    ("anthropic", sse([{"type": "ping"}])),
    ("openai", chat(content="half", finish_reason="error")),
    ("openrouter", openai_answer(choices=[{"message": {"content": "half"}, "error": {"message": "upstream died"}}])),
    ("gemini", gemini_answer(candidates=[{"content": {"parts": [{"text": "half"}]}, "index": 0}])),
]


@pytest.mark.parametrize(("backend", "answer"), CUT)
def test_an_answer_that_broke_off_is_tried_again(backend: str, answer: Answer) -> None:
    error = unusable(backend, answer)
    assert (error.code, error.retryable, error.reply.finish_reason) == ("provider_error", True, "broken")


@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_a_connection_lost_in_the_middle_of_a_body_is_tried_again(wire: Wire) -> None:
    whole = wire.answer()
    error = unusable(wire.backend, Answer(**{**vars(whole), "lost_after": 20}))
    assert (error.code, error.retryable, error.reply.finish_reason) == ("provider_error", True, "broken")


def test_a_broken_stream_of_known_usage_has_its_tokens_and_another_has_none() -> None:
    assert unusable(*CUT_STREAM).reply.usage == TokenUsage(5, 2)
    assert not unusable("anthropic", CUT_BEFORE_ITS_USAGE).reply.cost_known


CUT_STREAM = next(case for case in CUT if case[0] == "anthropic" and b"message_delta" in case[1].body)
CUT_BEFORE_ITS_USAGE = Answer(
    body=anthropic_answer().body.split(b"event: message_delta")[0], content_type="text/event-stream"
)


def test_an_error_with_a_status_of_its_own_is_that_failure() -> None:
    with pytest.raises(ProviderError) as caught:
        complete("openrouter", Answer(body={"error": {"code": 401, "message": "who"}}))
    assert (caught.value.code, caught.value.status) == ("authentication_failed", 401)


def test_a_refusal_says_what_the_model_and_the_provider_said() -> None:
    error = unusable("openai", chat(message={"refusal": "I will not."}))
    assert 'refused to answer, or was stopped by a filter (refusal): "I will not."' in error.message
    details = {"type": "refusal", "category": "cyber", "explanation": "Declined for safety."}
    error = unusable("anthropic", anthropic_answer([], stop_reason="refusal", stop_details=details))
    assert "Declined for safety." in error.message


def test_a_lone_surrogate_in_a_reply_is_replaced_and_a_split_pair_joined() -> None:
    got = complete("openai", Answer(body=b'{"choices": [{"message": {"content": "a\\ud800b \\ud83d\\ude00"}}]}'))
    assert got.text == "a\ufffdb \U0001f600"
    halves = anthropic_answer([{"type": "text", "text": "\ud83d"}, {"type": "text", "text": "\ude00"}])
    assert complete("anthropic", halves).text == "\U0001f600"
