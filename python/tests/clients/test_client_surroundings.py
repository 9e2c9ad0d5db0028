"""Settings of the surroundings: what can be made to work does, and what cannot is named before money is spent."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fake_provider import Answer, FakeProvider, in_turn
from hostile_server import hostile

from rlm_worker.clients.base import ModelRequest
from rlm_worker.clients.bounds import Bounds
from rlm_worker.clients.http.client import HttpClient
from rlm_worker.clients.http.tls import tls_context
from rlm_worker.clients.retry import complete_with_retries
from rlm_worker.errors import ProviderError, RunError
from wire import KEY, MESSAGES, WIRES, Wire, client, openai_answer, run

VARIABLES = ["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"]
PROXIES = [f"{name}_proxy" for name in ("all", "http", "https", "no")]


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*VARIABLES, *PROXIES, *(name.upper() for name in PROXIES)]:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def unread() -> Iterator[None]:
    """No authorities have been read, nor are those of this test any more once it is over."""
    tls_context.cache_clear()
    yield
    tls_context.cache_clear()


def complete(backend: str, url: str) -> str:
    return run(client(backend, url).complete(ModelRequest(MESSAGES, 10))).text


@pytest.mark.parametrize(
    "key", [f"{KEY}\n", f" {KEY}", f"{KEY} ", "sk-ключ-0123456789", "sk-a\x00b", "“sk-0123456789”"]
)
def test_a_key_with_a_line_break_blanks_or_other_letters_is_named(key: str) -> None:
    with pytest.raises(RunError) as caught:
        client("openai", None, key=key)
    assert caught.value.code == "invalid_setting"
    assert "OPENAI_API_KEY" in caught.value.message and "apiKey" in caught.value.message
    assert key.strip() not in caught.value.message


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/v1 ", " http://127.0.0.1:1", "http://127.0.0.1:1/my v1"])
def test_a_base_url_with_a_blank_is_named(url: str) -> None:
    with pytest.raises(RunError, match="baseUrl") as caught:
        client("openai", url)
    assert caught.value.code == "invalid_setting"


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"])
@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_a_stale_file_of_authorities_is_named_before_any_call(
    name: str, content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_bytes(content)
    files = certificate(tmp_path)
    monkeypatch.setenv(name, str(file))
    with over_tls(openai_answer(), files) as server:
        with pytest.raises(RunError) as caught:
            complete("openai", server.url)
        assert server.requests == []
    assert caught.value.code == "invalid_setting"
    assert caught.value.message.startswith(f"{name} names {file}")


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed one for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")]), datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    day = datetime.timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - day, now + day)
    authority = x509.BasicConstraints(ca=True, path_length=None)
    signed = builder.add_extension(address, False).add_extension(authority, True).sign(key, hashes.SHA256())
    file, private = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return file, private


def over_tls(answer: Answer, files: tuple[Path, Path]) -> FakeProvider:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return FakeProvider(in_turn(answer), tls=context)


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"])
def test_every_file_of_authorities_is_honored(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = certificate(tmp_path)
    monkeypatch.setenv(name, str(files[0]))
    with over_tls(openai_answer(), files) as server:
        assert complete("openai", server.url) == "hello"


@pytest.mark.usefixtures("unread")
def test_calls_without_tls_read_no_authorities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
    with FakeProvider(in_turn(openai_answer())) as server:
        assert complete("openai", server.url) == "hello"
    assert tls_context.cache_info().currsize == 0


@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_certificate_errors_are_never_retried_and_name_the_variable(wire: Wire, tmp_path: Path) -> None:
    retried: list[int] = []
    with over_tls(wire.answer(), certificate(tmp_path)) as server, pytest.raises(ProviderError) as caught:
        asked = complete_with_retries(
            client(wire.backend, server.url), ModelRequest(MESSAGES), on_retry=lambda *_: retried.append(1)
        )
        run(asked)
    assert (caught.value.code, retried) == ("certificate_error", [])
    assert "SSL_CERT_FILE" in caught.value.message and "NODE_EXTRA_CA_CERTS" in caught.value.message


@pytest.mark.parametrize(
    "no_proxy", ["127.0.0.1", "127.0.0.0/8", "localhost,127.0.0.0/8,::1,fd00::/8", "[::1],127.0.0.1", "*"]
)
@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_no_proxy_takes_ipv6_and_cidr(wire: Wire, no_proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    with FakeProvider(in_turn(wire.answer())) as server:
        assert complete(wire.backend, server.url) == "hello"


@pytest.mark.parametrize("name", ["ALL_PROXY", "HTTP_PROXY", "all_proxy"])
@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_a_socks_proxy_works(wire: Wire, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def socks5(connection: socket.socket) -> None:
        greeting = connection.recv(64)
        seen.append(greeting[:1])
        connection.sendall(b"\x05\x00")
        connection.recv(256)
        connection.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        with socket.create_connection(target) as server:
            threading.Thread(target=_pump, args=(server, connection), daemon=True).start()
            _pump(connection, server)

    with FakeProvider(in_turn(wire.answer())) as server, hostile(socks5, at_once=True) as proxy:
        host, _, port = server.url.removeprefix("http://").partition(":")
        target = (host, int(port))
        monkeypatch.setenv(name, proxy.replace("http://", "socks5://"))
        assert complete(wire.backend, server.url) == "hello"
    assert seen == [b"\x05"]


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(1 << 16):
            sink.sendall(data)
    except OSError:
        return


@pytest.mark.parametrize("proxy", ["ftp://host:1", "http://user:secret-word@host:port", "socks9://host:1"])
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(RunError) as caught:
        HttpClient(Bounds())
    assert (caught.value.code, caught.value.message.split(":")[0]) == ("invalid_setting", "HTTPS_PROXY")
    assert "secret-word" not in caught.value.message


def test_nothing_is_wrong_with_good_surroundings() -> None:
    assert HttpClient(Bounds())
