"""What is read of bodies with several parts: the session description, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.carrier import AUDIO
from tests.wire.sip.far_side import FarSide
from unifax.wire.sip.message import Request, Response, parse
from unifax.wire.sip.multipart import unwrapped

MIXED = ("Content-Type", 'multipart/mixed; boundary="unique boundary"')
ISUP = (
    b"Content-Type: application/ISUP; version=itu-t92+; base=itu-t92+\r\n"
    b"Content-Disposition: signal; handling=optional\r\n\r\n\x01\x00\x49\x00\r\n--x\x00\x03\x02"
)
SAID = b"Content-Type: application/sdp\r\n\r\n" + AUDIO


def body(*parts: bytes, end: bytes = b"\r\n") -> bytes:
    pieces = [b"--unique boundary" + end + part + end for part in parts]
    return b"".join([*pieces, b"--unique boundary--", end])


@pytest.mark.parametrize(
    "sent",
    [
        body(SAID, ISUP),
        body(ISUP, SAID),
        b"This is a message of several parts.\r\n"
        + body(ISUP, SAID.replace(b"application/sdp", b"Application/SDP ;x=1")),
        body(ISUP, b"c:  application/sdp\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + AUDIO),
        body(SAID.replace(b"\r\n\r\n", b"\n\n", 1), end=b"\n"),
        body(b"\r\nno headers, so a text", SAID, SAID.replace(b"10.0.0.9", b"10.0.0.7")),
    ],
)
def test_of_several_parts_the_session_description_is_taken(sent: bytes) -> None:
    invite = FarSide().request("INVITE", MIXED, body=sent)
    assert (unwrapped(invite).body, unwrapped(invite).headers.get("Content-Type")) == (AUDIO, "application/sdp")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"rubbish",
        body(),
        body(ISUP),
        body(SAID, ISUP.replace(b"optional", b"required")),
        body(SAID.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n", 1)),
        body(SAID).replace(b"unique", b"other"),
        body(*[ISUP] * 20, SAID),
    ],
)
def test_what_cannot_be_taken_apart_stays_as_it_came(sent: bytes) -> None:
    invite = FarSide().request("INVITE", MIXED, body=sent)
    assert unwrapped(invite) == invite


def test_a_call_of_sip_i_is_taken_and_what_must_be_understood_is_not() -> None:
    far = FarSide()
    far.ask("INVITE", MIXED, body=body(SAID, ISUP))
    (invited,) = far.agent.events()
    assert getattr(invited, "sdp", None) == AUDIO
    refused = far.ask("INVITE", MIXED, body=body(ISUP), call_id="another")
    assert [answer.status for answer in refused if isinstance(answer, Response)] == [415]


@given(st.binary(max_size=300), st.text(max_size=40))
def test_whatever_comes_is_a_message_afterwards(sent: bytes, kind: str) -> None:
    typed = ("Content-Type", "multipart/mixed;boundary=" + "".join(filter(str.isprintable, kind)))
    for given_body in (sent, b"--a\r\n" + sent + b"\r\n--a--", body(sent, SAID)):
        invite = Request(
            "INVITE", "sip:1@10.0.0.1", headers=FarSide().request("INVITE", typed).headers, body=given_body
        )
        assert isinstance(parse(bytes(unwrapped(invite))), Request)
