"""A reply is bounded in bytes, in seconds without progress and in total time; nothing is sent to another origin."""

from __future__ import annotations

import gzip
import json
import resource
from typing import Any

import hostile_server as hostile_programs
import pytest
from fake_provider import Answer, FakeProvider, in_turn
from hostile_server import BOMB_BYTES, Program, hostile

from rlm_worker.clients.base import ModelRequest
from rlm_worker.errors import ProviderError
from wire import KEY, MESSAGES, WIRES, Wire, anthropic_answer, client, gemini_answer, openai_answer, run

SHORT_S = 0.5
LONG_S = 60
"""A bound that a test must not run into, however busy the machine is."""


def failure(backend: str, url: str, options: dict[str, Any] | None = None) -> ProviderError:
    async def once() -> None:
        model = client(backend, url, options=options)
        try:
            await model.complete(ModelRequest(MESSAGES, 10))
        finally:
            await model.aclose()

    with pytest.raises(ProviderError) as caught:
        run(once())
    assert KEY not in caught.value.message
    return caught.value


NO_PROGRESS = ["never_answers", "sends_blank_lines_only", "sends_pings_only", "sends_comments_only"]
NO_END = [
    "sends_one_byte_at_a_time",
    "sends_headers_slowly",
    "sends_early_hints_without_end",
]
NO_BOUND = ["sends_a_body_without_end"]


def program(name: str) -> Program:
    return getattr(hostile_programs, name)


@pytest.mark.parametrize("wire", WIRES, ids=str)
@pytest.mark.parametrize("name", NO_PROGRESS)
def test_seconds_without_progress_are_bounded_and_pings_are_none(wire: Wire, name: str) -> None:
    with hostile(program(name)) as url:
        error = failure(wire.backend, url, {"timeout": SHORT_S, "totalTimeout": LONG_S})
    assert (error.code, error.retryable, error.status) == ("provider_unreachable", True, None)


@pytest.mark.slow
@pytest.mark.parametrize("wire", WIRES, ids=str)
@pytest.mark.parametrize("name", NO_END)
def test_the_total_time_is_bounded_one_byte_at_a_time_too(wire: Wire, name: str) -> None:
    with hostile(program(name)) as url:
        error = failure(wire.backend, url, {"timeout": LONG_S, "totalTimeout": 2 * SHORT_S})
    assert (error.code, error.retryable) == ("provider_error", False)
    assert "backendOptions.totalTimeout" in error.message


def test_without_a_total_time_it_is_six_times_the_timeout() -> None:
    assert client("openai", None, options={"timeout": 2}).settings.bounds.total_timeout_s == 12
    assert client("openai", None).settings.bounds.total_timeout_s == 3600


@pytest.mark.parametrize("wire", WIRES, ids=str)
@pytest.mark.parametrize("name", NO_BOUND)
def test_the_bytes_of_a_reply_are_bounded(wire: Wire, name: str) -> None:
    with hostile(program(name)) as url:
        error = failure(wire.backend, url, {"maxReplyBytes": 1 << 20})
    assert (error.code, error.retryable) == ("provider_error", False)
    assert "1,048,576 bytes" in error.message and "backendOptions.maxReplyBytes" in error.message


def test_the_bytes_of_a_stream_of_events_are_bounded() -> None:
    with hostile(program("sends_events_without_end")) as url:
        assert "backendOptions.maxReplyBytes" in failure("anthropic", url, {"maxReplyBytes": 1 << 20}).message


def test_headers_without_end_are_refused() -> None:
    with hostile(program("sends_headers_without_end")) as url:
        assert failure("openai", url).code == "provider_unreachable"


@pytest.mark.slow
@pytest.mark.parametrize("wire", WIRES, ids=str)
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "x-gzip"])
def test_a_compressed_bomb_is_refused_after_its_bound_of_decompressed_bytes(wire: Wire, encoding: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with hostile(hostile_programs.bomb(encoding.encode())) as url:
        error = failure(wire.backend, url, {"maxReplyBytes": 1 << 20})
    assert "backendOptions.maxReplyBytes" in error.message and error.code == "provider_error"
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kib * 1024 < 4 * BOMB_BYTES, "the bomb itself is made here, by this process"


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "compress"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with hostile(hostile_programs.bomb(encoding.encode(), layers=2)) as url:
        assert "not asked for" in failure("openai", url).message


def test_a_compressed_body_that_ends_early_is_no_answer() -> None:
    with hostile(program("cuts_a_compressed_body")) as url:
        assert (error := failure("openai", url)).retryable and error.code == "provider_error"


@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_a_compressed_answer_is_read(wire: Wire) -> None:
    plain = wire.answer()
    body = plain.body if isinstance(plain.body, bytes) else json.dumps(plain.body).encode()
    half = len(body) // 2
    two_members = gzip.compress(body[:half]) + gzip.compress(body[half:])
    answer = Answer(body=two_members, content_type=plain.content_type, headers={"content-encoding": "gzip"})
    with FakeProvider(in_turn(answer)) as server:
        assert run(client(wire.backend, server.url).complete(ModelRequest(MESSAGES, 10))).text == "hello"
    assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"


REDIRECTS = [301, 302, 303, 307, 308]
ANSWERS = {"anthropic": anthropic_answer, "gemini": gemini_answer}


@pytest.mark.parametrize("backend", ["openai", "anthropic", "gemini", "portkey", "azure_openai", "openrouter", "vllm"])
@pytest.mark.parametrize("status", REDIRECTS)
def test_a_redirect_to_another_origin_is_not_followed_and_nothing_travels(backend: str, status: int) -> None:
    with FakeProvider(in_turn(ANSWERS.get(backend, openai_answer)())) as elsewhere:
        there = elsewhere.url + "/v1/x"
        with FakeProvider(in_turn(Answer(status, {}, {"location": there}))) as server:
            error = failure(backend, server.url)
    assert elsewhere.requests == []
    assert (error.code, error.retryable) == ("provider_error", False)
    assert elsewhere.url in error.message and "base URL" in error.message


@pytest.mark.parametrize(
    "location", ["//127.0.0.1:1/x", "https://127.0.0.1/x", "http://localhost:1/", "http://u:p@[::1]/"]
)
def test_every_way_to_write_another_origin_is_seen(location: str) -> None:
    with FakeProvider(in_turn(Answer(307, {}, {"location": location}))) as server:
        error = failure("openai", server.url)
    assert "sends calls on to" in error.message and "u:p" not in error.message


@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_a_redirect_within_the_origin_is_followed(wire: Wire) -> None:
    with FakeProvider(in_turn(Answer(307, {}, {"location": "/moved/here"}), wire.answer())) as server:
        assert run(client(wire.backend, server.url).complete(ModelRequest(MESSAGES, 10))).text == "hello"
    assert [request.path for request in server.requests][1] == "/moved/here"
    assert server.requests[0].body == server.requests[1].body
