"""From whatever an SDK raises to one ``ProviderError`` that says what to do, without keys."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import urlsplit

import httpx2

from ..errors import ProviderError
from ..system_limits import as_limit
from ..wire.redaction import REDACTED, redacted
from .dialects import SaidLimits, limits_said
from .error_statuses import status_of
from .shapes import ANY_SHAPE, Shape, shape_said
from .verdicts import verdict

if TYPE_CHECKING:
    from .._generated.outgoing import Backend

NO_LIMITS = frozenset({401, 402, 403, 404, 429})
"""Statuses whose words are not of a model's window, nor of its template."""

SAID_CHARS = 20_000
TRANSPORT_ERRORS = (httpx2.TransportError, ConnectionError)
"""Of the way to a provider, which is that of httpx2 under every SDK."""
UNSENT_ERRORS = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    ConnectionRefusedError,
)
"""No connection was made, so nothing was asked and nothing is billed."""
PROVIDER_TEXT_CHARS = 500
CERTIFICATE_ADVICE = "Set SSL_CERT_FILE or NODE_EXTRA_CA_CERTS to the file of the authority that signed it."
KEY_PATTERNS = re.compile(
    r"(?i:bearer|basic)\s+[\w.~+/=-]{6,}"  # Authorization headers
    r"|\b(?:(?:sk|pk|rk|gsk|xai|key|hf|r8)[-_]|AIza|ya29)[\w*.-]{8,}"  # keys by prefix
    r"|[\w-]{0,16}\*{3,}[\w-]{0,16}"  # keys a provider has masked in part
)


class CallTarget(NamedTuple):
    """Where a call goes, for messages; ``secrets`` are removed from every text.

    Attributes:
        key_variable: the variable the host read the key from, to name in messages; None for backends without keys.
    """

    backend: Backend
    model: str
    base_url: str | None
    api_key: str | None
    key_variable: str | None
    secrets: tuple[str, ...] = ()

    def describe(self) -> str:
        """Backend, model and address, without credentials."""
        return f'{self.backend} (model "{self.model}", {self.address()})'

    def address(self) -> str:
        if self.base_url is None:
            return "no base URL"
        url = urlsplit(self.base_url)
        return f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path}"

    def scrub(self, text: str) -> str:
        """``text`` without this target's key, its other secrets, and anything that looks like a key."""
        return KEY_PATTERNS.sub(REDACTED, redacted(text, (self.api_key or "", *self.secrets)))


class AnswerRefused(Exception):
    """What came is not taken: from a provider that sends the prompt elsewhere, or whose answer has no end."""


class BrokenOff(httpx2.RemoteProtocolError):
    """An answer that had begun and has no end: its connection was lost, or its bytes are not what they say."""


class ErrorInReply(Exception):
    """A provider that answered 200 with an error in the body, as OpenRouter does for upstream failures.

    Attributes:
        status_code: the HTTP status it stands for; None when nothing says what kind it is.
    """

    def __init__(self, body: Mapping[str, Any], status: int | None) -> None:
        super().__init__(str(body.get("message") or json.dumps(body, default=str)))
        self.status_code = status
        self.body = body


def provider_failure(error: Exception, target: CallTarget) -> ProviderError:
    """The typed error for what an SDK raised during one attempt."""
    refused = next((link for link in (error, error.__cause__) if isinstance(link, AnswerRefused)), None)
    if refused is not None:
        return ProviderError("provider_error", target.scrub(f"{target.describe()} {refused}."))
    limit = as_limit(error, f"No connection to {target.describe()} can be opened")
    if limit is not None:
        return ProviderError(limit.code, target.scrub(limit.message), retryable=True, unsent=True)
    if isinstance(error, TRANSPORT_ERRORS) or isinstance(error.__cause__, TRANSPORT_ERRORS):
        return _unreachable(error, target)
    status = _status(error)
    said = _shortened(target.scrub(_provider_text(error)))
    if status is None:
        kind = type(error).__name__
        message = (
            f"The answer of {target.describe()} could not be read ({kind}: {said}). Check that the base URL is right."
        )
        return ProviderError("provider_error", message)
    limits = limits_of(error)
    if limits is not None and limits.too_long:
        return ProviderError("context_too_long", _too_long(limits, said, target), status=status)
    row = verdict(status, _everything_said(error))
    advice = row.advice.format(key=target.key_variable or "the key of this server")
    message = f"{target.describe()} answered {status}: {said} {advice}"
    return ProviderError(row.code, message, status=status, retryable=row.retried, retry_after_s=_retry_after_s(error))


def limits_of(error: Exception) -> SaidLimits | None:
    """What a refusal says of the model's limits; None when nothing."""
    status = _status(error)
    if status is None or status in NO_LIMITS:
        return None
    return limits_said(_provider_text(error), _body(error))


def shape_of(error: Exception) -> Shape:
    """What a refusal says of the shape that messages are to have."""
    status = _status(error)
    return ANY_SHAPE if status is None or status in NO_LIMITS else shape_said(_provider_text(error))


def refusal_of(error: Exception) -> tuple[int | None, str]:
    """The status of an answer and all that it says."""
    return _status(error), _everything_said(error)


def _too_long(limits: SaidLimits, said: str, target: CallTarget) -> str:
    numbers = ""
    if limits.window is not None:
        has = f"The prompt has {limits.prompt_tokens:,} tokens; " if limits.prompt_tokens is not None else ""
        numbers = f"{has}{target.model} takes {limits.window:,}, its answer included. "
    advice = "Send less at once, use strategy 'recurse', or a model with a larger window."
    return f"{target.describe()} has no room for this prompt. {numbers}{advice} It said: {said}"


def overtime(target: CallTarget, seconds: float | None) -> ProviderError:
    """The error for an attempt that was cut at its total time."""
    message = (
        f"{target.describe()} had not ended its answer after {seconds or 0:g} s. Raise backendOptions.totalTimeout."
    )
    return ProviderError("provider_error", message)


def missing_key(target: CallTarget) -> ProviderError:
    """The error for a backend that needs a key and got none."""
    variable = target.key_variable or "its API key variable"
    message = f"No API key for {target.describe()}. Set {variable}, or pass apiKey."
    return ProviderError("authentication_failed", message)


def _unreachable(error: Exception, target: CallTarget) -> ProviderError:
    cause = error if isinstance(error, TRANSPORT_ERRORS) else cast(Exception, error.__cause__)
    detail = _shortened(target.scrub(f"{type(cause).__name__}: {cause}".rstrip(": ")))
    if _is_certificate(cause):
        message = f"{target.describe()} has a certificate that is not trusted here: {detail}. {CERTIFICATE_ADVICE}"
        return ProviderError("certificate_error", message)
    message = f"No answer from {target.describe()}: {detail}. Check the network, a proxy, and the base URL."
    return ProviderError("provider_unreachable", message, retryable=True, unsent=isinstance(cause, UNSENT_ERRORS))


def broken_off(error: Exception) -> str | None:
    """Why an answer that had begun has no end; None for any other failure."""
    links = (error, error.__cause__)
    return next((str(link) for link in links if isinstance(link, BrokenOff)), None)


def _is_certificate(error: BaseException | None) -> bool:
    """Anywhere in what led to it; the HTTP libraries keep the text alone."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _body(error: Exception) -> Mapping[str, Any]:
    """The ``error`` object of the provider's answer, whichever way the SDK keeps it."""
    for name in ("body", "details"):
        body = getattr(error, name, None)
        if isinstance(body, Mapping):
            inner = cast(Mapping[str, Any], body).get("error", body)
            if isinstance(inner, Mapping):
                return cast(Mapping[str, Any], inner)
    return {}


def _status(error: Exception) -> int | None:
    for name in ("status_code", "code"):
        status = getattr(error, name, None)
        # An error event inside a stream comes under the stream's own 200.
        if isinstance(status, int) and status >= 400:
            return status
    return status_of(_body(error))


def _provider_text(error: Exception) -> str:
    body = _body(error)
    said = body.get("message")
    metadata = body.get("metadata")
    if isinstance(metadata, Mapping):
        # OpenRouter keeps what the upstream provider said here.
        said = f"{said} ({cast(Mapping[str, Any], metadata).get('raw', '')})"
    return str(said or json.dumps(body, default=str) if body else _plain_text(error) or error)


def _plain_text(error: Exception) -> str | None:
    """The body itself, where it is no JSON: the SDKs show the status alone."""
    response: Any = getattr(error, "response", None)  # of httpx2, or of httpx, which not every SDK loads
    return response.text[:SAID_CHARS].strip() if getattr(response, "is_stream_consumed", False) else None


def _everything_said(error: Exception) -> str:
    """The whole body, for the words of any field: codes and reasons stand at every depth."""
    body = _body(error)
    return (
        f"{json.dumps(body, default=str, ensure_ascii=False)} {error}"[:SAID_CHARS]
        if body
        else (_plain_text(error) or str(error))[:SAID_CHARS]
    )


def _retry_after_s(error: Exception) -> float | None:
    response = getattr(error, "response", None)
    headers = cast(Mapping[str, str], getattr(response, "headers", None) or {})
    milliseconds, after = headers.get("retry-after-ms"), headers.get("retry-after")
    try:
        if milliseconds is not None:
            return max(0.0, float(milliseconds) / 1000)
        if after is not None:
            return _seconds_until(after)
    except ValueError:
        return None
    return _google_retry_delay_s(error)


def _seconds_until(value: str) -> float:
    if re.fullmatch(r"\s*\d+(\.\d+)?\s*", value):
        return float(value)
    date = parsedate_to_datetime(value)
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _google_retry_delay_s(error: Exception) -> float | None:
    details = _body(error).get("details")
    for detail in cast(list[Any], details) if isinstance(details, list) else []:
        if isinstance(detail, Mapping):
            delay = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(cast(Mapping[str, Any], detail).get("retryDelay")))
            if delay:
                return float(delay.group(1))
    return None


def _shortened(text: str) -> str:
    page = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    if page and text.lstrip().startswith("<"):
        text = f'a web page, "{page[1]}"'
    text = " ".join(text.split())
    return text if len(text) <= PROVIDER_TEXT_CHARS else text[:PROVIDER_TEXT_CHARS] + "…"
