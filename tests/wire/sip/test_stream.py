"""Messages cut out of a stream, however it is cut up on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.errors import ProtocolError
from unifax.wire.sip.message import MAX_OCTETS, Headers, Request
from unifax.wire.sip.stream import Stream


def message(body: bytes) -> bytes:
    return bytes(Request("INFO", "sip:a@h", headers=Headers.of(("Call-ID", "call")), body=body))


BODIES = st.lists(st.one_of(st.binary(max_size=80), st.just(b"\r\n\r\n"), st.just(message(b"inner"))), max_size=5)


@given(BODIES, st.lists(st.integers(1, 90)), st.lists(st.sampled_from([b"", b"\r\n", b"\r\n\r\n"]), min_size=6))
def test_however_it_is_cut_the_messages_are_the_same(
    bodies: list[bytes], cuts: list[int], between: list[bytes]
) -> None:
    messages = [message(body) for body in bodies]
    data = b"".join(gap + each for gap, each in zip(between, messages, strict=False))
    stream, got = Stream(), []
    for cut in [*cuts, len(data)]:
        got += stream.receive(data[:cut])
        data = data[cut:]
    assert got == messages


def test_a_keep_alive_wants_an_answer_and_an_answer_wants_none() -> None:
    stream = Stream()
    assert stream.receive(b"\r\n\r\n" + message(b"1") + b"\r\n") == [message(b"1")]
    assert stream.pings == 1
    assert stream.receive(message(b"2")[:5]) == []
    assert stream.receive(message(b"2")[5:]) == [message(b"2")]
    assert stream.receive(b"\r\n") == stream.receive(b"\r") == stream.receive(b"\n") == []
    assert stream.pings == 2


@pytest.mark.parametrize("length", [b"Content-Length : 2", b"l:2", b"CONTENT-LENGTH:\r\n  2"])
def test_a_length_is_read_as_the_field_writes_it(length: bytes) -> None:
    data = b"INFO sip:a@h SIP/2.0\r\n" + length + b"\r\n\r\nab"
    assert Stream().receive(data + data) == [data, data]
    bare = data.replace(b"\r\n", b"\n")
    assert Stream().receive(bare) == [bare]


@pytest.mark.parametrize(
    "headers",
    [b"Call-ID: call", b"Content-Length: -1", b"Content-Length: 65536", b"Content-Length: 65535", b"Content-Length: x"],
)
def test_what_has_no_good_length_ends_the_stream(headers: bytes) -> None:
    with pytest.raises(ProtocolError):
        Stream().receive(b"INFO sip:a@h SIP/2.0\r\n" + headers + b"\r\n\r\n")


def test_headers_that_do_not_end_end_the_stream() -> None:
    stream = Stream()
    stream.receive(b"INFO sip:a@h SIP/2.0\r\n")
    for _ in range(MAX_OCTETS // 1000):
        stream.receive(b"x" * 1000)
    with pytest.raises(ProtocolError):
        stream.receive(b"x" * 1000)


@given(st.lists(st.binary(max_size=200)))
def test_no_bytes_crash_it(pieces: list[bytes]) -> None:
    stream = Stream()
    try:
        for piece in pieces:
            stream.receive(piece)
    except ProtocolError:
        pass
