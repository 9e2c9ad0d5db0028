"""Plays the host's lines of each transcript into the real worker, its model scripted: it says the worker's lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fake_provider import FakeProvider, Reply
from protocol_vectors import transcript, transcripts, vectors
from worker_harness import Worker

from rlm_worker._generated.constants import PROTOCOL_VERSION
from rlm_worker.server import HOST_TYPES

pytestmark = pytest.mark.slow

CONTEXT = b"The treaty was signed by Ada.\r\nIt rained.\n"
OF_ANOTHER_WORKER = "version-mismatch"

VOLATILE = {
    *("at", "durationMs", "latencyMs", "pid", "promptChars"),
    *("workerVersion", "rlmsVersion", "pythonVersion", "priceTable"),
    *("message", "stderr"),
}
"""What differs from run to run, and prose."""


def masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "…" if key in VOLATILE and item else masked(item) for key, item in value.items()}
    return value


def reply(model: dict[str, Any]) -> Reply:
    """A reply of null never comes."""
    return Reply(model["reply"] or "", model["inputTokens"], model["outputTokens"], hold=model["reply"] is None)


@pytest.mark.parametrize("scenario", [name for name in transcripts() if name != OF_ANOTHER_WORKER])
def test_the_worker_says_its_lines(scenario: str, tmp_path: Path) -> None:
    lines = transcript(scenario)
    context = tmp_path / "context.txt"
    context.write_bytes(CONTEXT)
    said = [line["message"] for line in lines if line["from"] == "model"]
    saying = iter(said)
    heard = asked = 0
    with FakeProvider(lambda _: reply(next(saying))) as provider, Worker() as worker:
        for line in lines:
            text = line.get("line") or json.dumps(line["message"])
            data = text.replace("{{context}}", str(context)).replace("{{provider}}", provider.url).encode()
            if line["from"] == "host":
                worker.send_line(data)
            elif line["from"] == "secrets":
                worker.send_secrets(data)
            elif line["from"] == "worker":
                assert masked(worker.line(heard)) == masked(line["message"])
                heard += 1
            else:
                asked += 1
                # The worker does not wait for this side: it may have asked once more by now.
                provider.wait(lambda provider, asked=asked: len(provider.requests) >= asked)
        assert worker.process.wait() == 0
        assert len(worker.messages) == heard
        assert [request.model for request in provider.requests] == [model["model"] for model in said]


def test_a_worker_of_another_version_is_not_this_one() -> None:
    [line] = transcript(OF_ANOTHER_WORKER)
    with Worker() as worker:
        assert worker.line(0)["protocolVersion"] == PROTOCOL_VERSION != line["message"]["protocolVersion"]


def test_every_line_a_host_must_not_send_is_refused_and_the_worker_goes_on() -> None:
    rejected = [vector for vector in vectors("reject") if vector.type in HOST_TYPES]
    with Worker() as worker:
        for number, vector in enumerate(rejected, start=1):
            worker.send(vector.json["message"])
            reply = worker.line(number)
            assert reply["type"] == "protocol.error", vector
            assert reply["code"] in {"invalid_message", "unknown_message_type"}, vector
        worker.send({"type": "ping", "requestId": "1"})
        assert worker.line(len(rejected) + 1) == {"type": "pong", "requestId": "1"}
