from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from rlm_worker._generated.messages import ModelSecrets, ModelSpec
from rlm_worker.clients.backends import create_client
from rlm_worker.wire.redaction import REDACTED, Redactor, secret_texts

SECRET = "a1b2-of-the-user"


def both(
    api_key: str | None,
    options: dict[str, Any],
    text: str,
    backend: str = "portkey",
    base_url: str = "http://h/v1",
) -> set[str]:
    """What an event and what a failure says of ``text``."""
    secrets = ModelSecrets(api_key=api_key, backend_options=options)
    redact = Redactor()
    redact.learn(secret_texts(secrets, base_url))
    spec = ModelSpec(backend=backend, model="m", base_url=base_url, sampling_args={}, price_provider=None)
    return {redact(text), create_client(spec, secrets).settings.target.scrub(text)}


@pytest.mark.parametrize(
    "options",
    [
        {"defaultHeaders": {"Ocp-Apim-Subscription": SECRET}},
        {"default_headers": {"Authorization": f"Token {SECRET}"}},
        {"virtual_key": SECRET},
        {"awsAccessKeyId": SECRET},
        {"config": {"targets": [{"override": {"seat": SECRET}}]}},
        {"config": SECRET},
        {"metadata": {"token": SECRET}},
    ],
)
def test_a_text_of_the_options_is_secret_in_events_and_in_failures(options: dict[str, Any]) -> None:
    assert both("of-the-server", options, f"it said {SECRET}.") == {f"it said {REDACTED}."}


@pytest.mark.parametrize(
    "options",
    [
        {"metadata": {"environment": "production"}},
        {"defaultHeaders": {"X-Title": "production"}},
        {"awsRegion": "production"},
        {"provider": "production"},
    ],
)
def test_names_of_places_versions_and_senders_are_not(options: dict[str, Any]) -> None:
    assert both("of-the-server", options, "It runs in production.") == {"It runs in production."}


@pytest.mark.parametrize(("key", "said"), [("sk-1234", REDACTED), ("of-the-server", REDACTED), ("none", "none")])
def test_a_short_key_is_secret_unless_it_is_a_word(key: str, said: str) -> None:
    assert both(key, {}, f"The key {key} is wrong.", "vllm") == {f"The key {said} is wrong."}


@pytest.mark.parametrize(
    ("address", "text", "said"),
    [
        ("https://ada:planted-1@h/v1", "planted-1", REDACTED),
        ("https://ada:planted%401@h", "planted@1", REDACTED),
        ("https://ada:planted%401@h", "planted%401", REDACTED),
        ("https://ada:word@h", "as ada:word in", f"as {REDACTED} in"),
        ("https://ada:word@h", b64encode(b"ada:word").decode(), REDACTED),
        ("https://ada:word@h", b64encode(b"ada:word").decode().rstrip("="), REDACTED),
        ("https://planted-1@h", "planted-1", REDACTED),
        ("https://h/v1?a=b&api_key=planted%2B1#x", "planted+1 planted%2B1", f"{REDACTED} {REDACTED}"),
        ("https://ada:planted-1@host.example/v1?version=2024-02-01", "host.example 2024-02-01", None),
        ("https://h/v1/user:planted-1@x", "planted-1", None),
    ],
)
def test_of_an_address_its_password_is_secret_as_it_is_written_and_as_it_is_sent(
    address: str, text: str, said: str | None
) -> None:
    expected = {text if said is None else said}
    assert both("of-the-server", {}, text, "vllm", address) == expected
    assert both("of-the-server", {"config": address}, text) == expected


def test_the_longest_secret_goes_first() -> None:
    redact = Redactor()
    redact.learn([SECRET, f"{SECRET}-and-more"])
    assert redact(f"{SECRET}-and-more {SECRET}") == f"{REDACTED} {REDACTED}"
