"""SIP messages as people see them."""

from hypothesis import given
from hypothesis import strategies as st

from unifax.wire.sip.shown import MOST_CHARACTERS, call_id_of, shown

INVITE = b"""\
INVITE sip:7778888@192.0.2.1 SIP/2.0
v: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKa
X-Internal: nobody needs this
i: abc@192.0.2.9
Proxy-Authorization: Digest username="fax", realm="carrier", nonce="8f3a", uri="sip:192.0.2.1",
 response="0123456789abcdef", cnonce="c1", nc=00000001, qop=auth
Content-Type: application/sdp

v=0
k=clear:key
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:key
m=audio 4000 RTP/AVP 0
""".replace(b"\n", b"\r\n")


def test_what_matters_is_shown_and_what_is_secret_is_not() -> None:
    assert shown(INVITE) == (
        "INVITE sip:7778888@192.0.2.1\n"
        "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKa\n"
        "Call-ID: abc@192.0.2.9\n"
        'Proxy-Authorization: Digest username="fax", realm="carrier", uri="sip:192.0.2.1", qop=auth, …\n'
        "Content-Type: application/sdp\n"
        "\n"
        "v=0\n"
        "a=crypto:…\n"
        "m=audio 4000 RTP/AVP 0"
    )


def test_of_a_password_in_the_clear_nothing_is_shown() -> None:
    assert "c2VjcmV0" not in shown(INVITE.replace(b"Digest username", b"Basic c2VjcmV0, username"))


def test_a_response_begins_with_its_status_and_an_unknown_body_is_only_measured() -> None:
    text = shown(b"SIP/2.0 486 Busy Here\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p/>")
    assert text == "486 Busy Here\nContent-Type: text/html\n\n(4 octets)"


def test_what_cannot_be_read_is_told() -> None:
    assert shown(b"INVITE\x00 sip:x\r\nCall-ID: a\r\n\r\n").startswith("INVITE sip:x\n(cannot be read: ")


def test_the_call_id_is_found_by_either_name_and_only_as_a_header() -> None:
    assert call_id_of(INVITE) == "abc@192.0.2.9"
    assert call_id_of(b"BYE x SIP/2.0\r\nX-Call-ID: no\r\ncall-id :  A b \r\n\r\n") == "A b"
    assert call_id_of(b"Call-ID") == ""


@given(st.binary() | st.binary().map(lambda noise: INVITE[:150] + noise + INVITE[150:]))
def test_no_bytes_break_it_or_grow_in_it(data: bytes) -> None:
    assert len(shown(data)) <= MOST_CHARACTERS + 2
    call_id_of(data)
