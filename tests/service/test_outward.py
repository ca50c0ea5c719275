"""Requests to addresses that strangers have named: sent to what was checked, within bounds, and never further."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.receiver import answer, listening, receiving
from tests.world import NOW
from unifax.model.hook import Answer, HookUrl
from unifax.model.reach import parse_network
from unifax.service.messages import Message
from unifax.service.outward import READ_BYTES, Outward, Resolve, retry_after_seconds

LOOPBACK = [parse_network("127.0.0.1")]
NOT_PUBLIC = "its address is not public, and not among those that hooks may reach"


def resolving(*answers: Sequence[str]) -> Resolve:
    """A resolver that answers by script, the last for ever."""
    left = list(answers)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


def to(url: str) -> Message:
    parsed = HookUrl.parse(url)
    return Message("POST", parsed, parsed.target, {"Host": parsed.authority, "Content-Length": "2"}, b"{}")


def outward(resolve: Resolve | None = None, tls: ssl.SSLContext | None = None, whole_seconds: float = 5.0) -> Outward:
    trusting_nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return Outward(LOOPBACK, lambda: NOW, resolve, tls or trusting_nobody, whole_seconds)


def test_a_request_is_sent_as_it_is_and_answered() -> None:
    async def talk() -> None:
        async with receiving([answer(200, body=b"thanks")]) as receiver:
            assert await outward().send(to(f"{receiver.url}?a=b%20c")) == Answer(200)
            (heard,) = receiver.heard
            assert (heard.method, heard.target, heard.body) == ("POST", "/told?a=b%20c", b"{}")
            assert heard.headers == {"host": f"127.0.0.1:{receiver.port}", "content-length": "2"}

    asyncio.run(talk())


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    async def talk() -> None:
        async with receiving() as other, receiving([answer(status, f"Location: {other.url}")]) as receiver:
            came = await outward().send(to(receiver.url))
            assert came == Answer(status, "it answers with a redirect, which is not followed")
            assert other.heard == []

    asyncio.run(talk())


def test_the_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk() -> None:
        async with receiving() as proxy, receiving() as receiver:
            for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            assert (await outward().send(to(receiver.url))).is_told
            assert (len(proxy.heard), len(receiver.heard)) == (0, 1)

    asyncio.run(talk())


def test_what_goes_wrong_is_said_and_when_to_come_again() -> None:
    async def talk() -> None:
        async with receiving([answer(503, "Retry-After: 120"), b"gibberish\r\n\r\n", b""]) as receiver:
            send = outward().send
            assert await send(to(receiver.url)) == Answer(503, "it answers 503", 120.0)
            assert await send(to(receiver.url)) == Answer(None, "its answer is not HTTP")
            assert (await send(to(receiver.url))).http_status is None
            port = receiver.port
        assert await outward().send(to(f"http://127.0.0.1:{port}/")) == Answer(None, "it could not be reached")

    asyncio.run(talk())


def test_a_receiver_that_says_nothing_is_left() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def talk() -> None:
        async with listening(silent) as port:
            assert await outward(whole_seconds=0.05).send(to(f"http://127.0.0.1:{port}/")) == Answer(
                None, "it did not answer in time"
            )

    asyncio.run(talk())


def test_an_answer_without_end_is_read_up_to_a_bound_and_counts_all_the_same() -> None:
    sent = 0

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(bytes(4096))
            await writer.drain()
            sent += 4096

    async def talk() -> None:
        async with listening(endless) as port:
            assert await outward(whole_seconds=1000.0).send(to(f"http://127.0.0.1:{port}/")) == Answer(200)

    asyncio.run(talk())
    assert sent >= READ_BYTES


def test_a_body_that_breaks_off_changes_nothing_once_there_is_a_status() -> None:
    async def talk() -> None:
        async with receiving([b"HTTP/1.1 202 So\r\nContent-Length: 100\r\n\r\nbroken"]) as receiver:
            assert await outward().send(to(receiver.url)) == Answer(202)

    asyncio.run(talk())


@pytest.mark.parametrize("url", ["http://127.0.0.2/", "http://10.0.0.1/", "http://[::1]/", "http://[::ffff:a00:1]/"])
def test_an_address_of_our_own_network_is_not_reached(url: str) -> None:
    assert asyncio.run(outward().send(to(url))) == Answer(None, NOT_PUBLIC)


@pytest.mark.parametrize(
    "found",
    [["10.0.0.1"], ["169.254.169.254"], ["::1"], ["fe80::1%eth0"], ["::ffff:192.168.0.1"], ["64:ff9b::a00:1"], []],
)
def test_a_name_that_leads_into_our_own_network_is_not_reached(found: Sequence[str]) -> None:
    sent = outward(resolving(found)).send(to("http://receiver.example/"))
    assert asyncio.run(sent) == Answer(None, NOT_PUBLIC)


def test_of_several_addresses_those_that_may_be_reached_are_tried() -> None:
    async def talk() -> None:
        async with receiving() as receiver:
            resolve = resolving(["10.0.0.1", "127.0.0.1"])
            assert (await outward(resolve).send(to(f"http://receiver.example:{receiver.port}/"))).is_told
            assert receiver.heard[0].headers["host"] == f"receiver.example:{receiver.port}"

    asyncio.run(talk())


def test_a_name_is_looked_up_once_so_a_second_answer_changes_nothing() -> None:
    """DNS rebinding: the first answer passes the check, the next would lead elsewhere."""

    async def talk() -> None:
        async with receiving() as receiver:
            send = outward(resolving(["127.0.0.1"], ["127.0.0.2"])).send
            message = to(f"http://receiver.example:{receiver.port}/")
            assert (await send(message)).is_told
            assert await send(message) == Answer(None, NOT_PUBLIC), "each request is checked anew"
            assert len(receiver.heard) == 1

    asyncio.run(talk())


def test_a_name_that_nobody_knows_is_said_to_be_so() -> None:
    async def nobody(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror

    assert asyncio.run(outward(nobody).send(to("http://receiver.example/"))) == Answer(None, "its name is not known")


def test_the_system_resolver_is_asked_without_one_of_ours() -> None:
    async def talk() -> None:
        async with receiving() as receiver:
            assert (await outward().send(to(f"http://localhost:{receiver.port}/"))).is_told

    asyncio.run(talk())


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server that is called receiver.example, and a client that trusts it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    begun = datetime.now(UTC) - timedelta(days=1)  # noqa: TID251  # OpenSSL looks at the real clock
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begun)
        .not_valid_after(begun + timedelta(days=3))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("receiver.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *private) + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=file)


def test_tls_verifies_the_name_though_an_address_is_connected_to(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async def talk() -> None:
        async with receiving(tls=tls[0]) as receiver:
            send = outward(resolving(["127.0.0.1"]), tls[1]).send
            assert await send(to(f"https://receiver.example:{receiver.port}/")) == Answer(204)
            wrong = await send(to(f"https://other.example:{receiver.port}/"))
            assert "certificate does not hold" in (wrong.trouble or "")
            stranger = await outward(resolving(["127.0.0.1"])).send(to(f"https://receiver.example:{receiver.port}/"))
            assert "certificate does not hold" in (stranger.trouble or "")
            assert len(receiver.heard) == 1

    asyncio.run(talk())


def test_what_speaks_no_tls_is_said_to_be_so() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(400))
        await reader.read()

    async def talk() -> None:
        async with listening(plain) as port:
            came = await outward().send(to(f"https://127.0.0.1:{port}/"))
            assert came == Answer(None, "TLS could not be agreed on")

    asyncio.run(talk())


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120.0),
        (b"0", 0.0),
        (b"Tue, 03 Feb 2026 04:06:06 GMT", 60.0),
        (b"Tue, 03 Feb 2026 04:04:06 GMT", 0.0),
        (b"Tue, 03 Feb 2026 04:06:06", None),
        (b"soon", None),
        (b"-5", None),
        (b"99999999999999999999", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: bytes, seconds: float | None) -> None:
    assert retry_after_seconds([(b"Date", b"x"), (b"retry-After", value)], NOW) == seconds
    assert retry_after_seconds([], NOW) is None
