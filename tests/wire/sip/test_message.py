"""Messages: the torture of RFC 4475, what the field really sends, and that no bytes crash the parser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.sip.far_side import THEM, FarSide
from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address
from unifax.wire.sip.message import COMPACT, MAX_HEADERS, PHRASES, Headers, Request, Response, parse

WSINV = rb"""INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0
TO :
 sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n
from   : "J Rosenberg \\\""       <sip:jdrosen@example.com>
  ;
  tag = 98asjd8
MaX-fOrWaRdS: 0068
Call-ID: wsinv.ndaksdj@192.0.2.1
Content-Length   : 150
cseq: 0009
  INVITE
Via  : SIP  /   2.0
 /UDP
    192.0.2.2;branch=390skdjuw
s :
NewFangledHeader:   newfangled value
 continued newfangled value
UnknownHeaderWithUnusualValue: ;;,,;;,;
Content-Type: application/sdp
Route:
 <sip:services.example.com;lr;unknownwith=value;unknown-no-value>
v:  SIP  / 2.0  / TCP     spindle.example.com   ;
  branch  =   z9hG4bK9ikj8  ,
 SIP  /    2.0   / UDP  192.168.255.111   ; branch=
 z9hG4bK30239
m:"Quoted string \"\"" <sip:jdrosen@example.com> ; newparam =
      newvalue ;
  secondparam ; q = 0.33

v=0
o=mhandley 29739 7272939 IN IP4 192.0.2.3
s=-
c=IN IP4 192.0.2.4
t=0 0
m=audio 49217 RTP/AVP 0 12
m=video 3227 RTP/AVP 31
a=rtpmap:31 LPC
"""

INVITE = b"""INVITE sip:7778888@10.0.0.1:5060 SIP/2.0\r
Via: SIP/2.0/UDP proxy1:5061;rport;branch=z9hG4bKPj1,SIP/2.0/UDP h2 ;branch=z9hG4bK2\r
Record-Route: <sip:10.0.0.7;lr>\r
f: "Fax, \\"no. 1\\" <old>" <sip:0003%2A210@my_pbx>;tag=as1\r
t: <sip:7778888@10.0.0.1>\r
i: 12345@my_pbx\r
CSeq: 102 INVITE\r
m: <sip:0003*210@10.0.0.9:5090>;+sip.instance="<urn:uuid:1,2>"\r
Max-Forwards: 70\r
Session-Expires: 1800\r
Supported: timer,\r
 replaces\r
Authorization: Digest realm="x, y", qop="auth,auth-int"\r
c: application/sdp\r
l: 7\r
\r
v=0\r
..and what does not belong here"""


def same(text: bytes) -> Request | Response:
    """Parse, and make sure that what is written is read again as the same."""
    message = parse(text)
    assert parse(bytes(message)) == message
    return message


def request(*lines: str, start: str = "OPTIONS sip:a@h SIP/2.0", body: str = "") -> bytes:
    return "\r\n".join([start, *lines, "", body]).encode()


class TestTorture:
    """RFC 4475, the sections by their names."""

    def test_3_1_1_1_wsinv_a_short_tortuous_invite(self) -> None:
        message = same(WSINV.replace(b"\n", b"\r\n"))
        assert isinstance(message, Request)
        assert message.uri == "sip:vivekg@chair-dnrc.example.com;unknownparam"
        assert (message.to.tag, message.from_.tag, message.from_.display) == (
            "1918181833n",
            "98asjd8",
            'J Rosenberg \\"',
        )
        assert (message.cseq.number, message.cseq.method) == (9, "INVITE")
        assert next(via.split()[-1] for via in message.headers.all("Via")) == "192.0.2.2;branch=390skdjuw"
        assert len(message.headers.all("Via")) == 3
        assert message.headers.get("NewFangledHeader") == "newfangled value continued newfangled value"
        assert str(message.contact) == "sip:jdrosen@example.com"
        assert len(message.body) == 150

    def test_3_1_1_1_wsinv_with_bare_line_feeds(self) -> None:
        message = same(WSINV.replace(b"150", b"120"))
        assert isinstance(message, Request)
        assert len(message.body) == 120

    def test_3_1_1_2_intmeth_every_character_that_is_allowed(self) -> None:
        message = same(
            request(
                "Via: SIP/2.0/UDP host1.example.com;branch=z9hG4bK-.!%66*_+`'~",
                'To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" '
                "<sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>",
                "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"работающий\";"
                "tag=_token~1'+`*%!-.",
                "Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
                "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~",
                "extensionHeader-!.%*+_`'~: 大停電",
                start="!interesting-Method0123456789_*+`.%indeed'~ "
                "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com"
                " SIP/2.0",
            )
        )
        assert message.to.display == "BEL:\x07 NUL:\x00 DEL:\x7f"
        assert message.from_.tag == "_token~1'+`*%!-."
        assert message.cseq.method == "!interesting-Method0123456789_*+`.%indeed'~"
        assert message.headers.get("extensionHeader-!.%*+_`'~") == "大停電"

    def test_3_1_1_3_esc01_and_3_1_1_4_escnull_escapes_stay_as_they_are(self) -> None:
        message = same(
            request("m: <sip:%00@host5.example.com>", start="REGISTER sip:sips%3Auser%40example.com@h SIP/2.0")
        )
        assert isinstance(message, Request)
        assert message.uri == "sip:sips%3Auser%40example.com@h"
        assert message.contact is not None
        assert message.contact.user == "%00"

    def test_3_1_1_6_lwsdisp_no_space_before_the_bracket(self) -> None:
        assert same(request("From: caller<sip:caller@example.com>;tag=323")).from_.display == "caller"

    def test_3_1_1_7_longreq_long_values(self) -> None:
        message = same(
            request("To: <sip:h>;" + ";".join(f"p{n}=v" for n in range(2_000)), "v: SIP/2.0/UDP " + "h" * 9_000)
        )
        assert len(message.to.params) == 2_000

    def test_3_1_1_8_dblreq_what_follows_the_length_is_dropped(self) -> None:
        one = request("To: <sip:h>", "Content-Length: 0")
        assert same(one + one) == parse(one)

    def test_3_1_1_9_semiuri_a_semicolon_in_a_user(self) -> None:
        message = same(request(start="OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0"))
        assert isinstance(message, Request)
        assert "user;par=u%40example.net" in message.uri

    def test_3_1_1_12_unreason_and_3_1_1_13_noreason(self) -> None:
        unreason = same("SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять - простое\r\n\r\n".encode())
        assert isinstance(unreason, Response)
        assert unreason.reason.endswith("простое")
        for start in (b"SIP/2.0 100 \r\n\r\n", b"SIP/2.0 100\r\n\r\n", b"sip/2.0 100  \r\n\r\n"):
            noreason = same(start)
            assert isinstance(noreason, Response)
            assert (noreason.status, noreason.reason) == (100, "")

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("3.1.2.2 clerr, more length than body", request("Content-Length: 9999", body="v=0")),
            ("3.1.2.3 ncl, a length below nothing", request("Content-Length: -999", body="v=0")),
            ("3.1.2.9 lwsruri, a space in the URI", request(start="INVITE sip:user@h; lr SIP/2.0")),
            ("3.1.2.11 trws, nothing at all", request(start="")),
            ("3.1.2.16 lwsstart, a line for each", b"INVITE\r\n sip:a@h SIP/2.0\r\n\r\n"),
            ("3.1.2.19 bigcode", b"SIP/2.0 4294967301 better not break the receiver\r\n\r\n"),
            ("a code that is none", b"SIP/2.0 099 x\r\n\r\n"),
            ("another version of a response", b"SIP/7.1 200 OK\r\n\r\n"),
            ("a header without a colon", request("Via SIP/2.0/UDP h")),
            ("a header with a space in its name", request("Max Forwards: 70")),
            ("a header without a name", request(": x")),
            ("two lengths", request("Content-Length: 1", "l: 2", body="abc")),
            ("a carriage return of its own", request("X: a\rVia: SIP/2.0/UDP evil")),
            ("headers without an end", b"OPTIONS sip:a@h SIP/2.0\r\nTo: <sip:a@h>\r\n"),
            ("too many headers", request(*["X: y"] * (MAX_HEADERS + 1))),
            ("too many in one line", request("Via: " + ",".join(["SIP/2.0/UDP h"] * (MAX_HEADERS + 1)))),
            ("too long", request(body="x" * 70_000)),
            ("only line ends", b"\r\n\r\n"),
        ],
    )
    def test_what_is_refused(self, name: str, text: bytes) -> None:
        with pytest.raises(ProtocolError):
            parse(text)


class TestOfTheField:
    def test_an_invite_from_a_pbx_in_a_container(self) -> None:
        message = same(INVITE)
        assert isinstance(message, Request)
        assert message.from_.display == 'Fax, "no. 1" <old>'
        assert message.from_.uri == "sip:0003%2A210@my_pbx"
        assert (message.via.host, message.via.port, message.via.branch) == ("proxy1", 5061, "z9hG4bKPj1")
        assert message.headers.all("Via")[1] == "SIP/2.0/UDP h2 ;branch=z9hG4bK2"
        assert message.headers.list("Supported") == ["timer", "replaces"]
        assert message.headers.get("session-expires") == "1800"
        assert str(message.contact) == "sip:0003*210@10.0.0.9:5090"
        assert message.headers.get("Authorization") == 'Digest realm="x, y", qop="auth,auth-int"'
        assert message.body == b"v=0\r\n.."

    def test_empty_lines_in_front_and_no_length(self) -> None:
        message = same(b"\r\n\r\n" + request("To: <sip:h>", body="body\r\n\r\nmore"))
        assert message.body == b"body\r\n\r\nmore"

    def test_bytes_that_are_no_utf_8_pass_through(self) -> None:
        data = request("Subject: caf")[:-4] + b"\xe9\r\nContent-Length: 0\r\n\r\n"
        assert bytes(parse(data)) == data

    @pytest.mark.parametrize(("compact", "name"), COMPACT.items())
    def test_compact_names_are_read_in_any_case_and_written_in_full(self, compact: str, name: str) -> None:
        value = "0" if name == "Content-Length" else "x"
        assert f"\r\n{name}: {value}".encode() in bytes(parse(request(f"{compact.upper()}: {value}")))

    def test_missing_headers_are_a_protocol_error_when_read(self) -> None:
        message = parse(request("To: ", "CSeq: x"))
        for read in ("via", "cseq", "call_id", "from_", "to"):
            with pytest.raises(ProtocolError):
                getattr(message, read)
        assert (message.contact, message.q850, message.retry_after_seconds) == (None, None, None)


class TestWriting:
    def test_a_request_byte_for_byte(self) -> None:
        headers = Headers.of(("via", "SIP/2.0/UDP h;branch=z9hG4bK1"), ("t", "<sip:b@h>"))
        assert bytes(Request("OPTIONS", "sip:b@h", headers=headers, body=b"xy")) == (
            b"OPTIONS sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
            b"To: <sip:b@h>\r\nContent-Length: 2\r\n\r\nxy"
        )

    def test_a_response_repeats_what_it_must(self) -> None:
        asked = parse(INVITE)
        assert isinstance(asked, Request)
        answer = asked.seen_from(Address("192.0.2.9", 777)).response(180, ("Contact", "<sip:c>"), tag="ours")
        assert [name for name, _ in answer.headers.fields] == ["Via", "Via", "To", "From", "Call-ID", "CSeq", "Contact"]
        assert answer.headers.all("Via")[0] == (
            "SIP/2.0/UDP proxy1:5061;branch=z9hG4bKPj1;rport=777;received=192.0.2.9"
        )
        assert (answer.to.tag, answer.reason) == ("ours", "Ringing")
        again = Request("BYE", "sip:b@h", headers=Headers.of(("To", "<sip:b@h>;tag=theirs")))
        assert again.response(200, tag="ours").to.tag == "theirs"

    @pytest.mark.parametrize("evil", ["x\r\nVia: y", "x\ny", "x\ry"])
    def test_a_line_break_cannot_be_smuggled_in(self, evil: str) -> None:
        with pytest.raises(ValueError, match="line break"):
            bytes(Request("OPTIONS", "sip:b@h", headers=Headers.of(("Subject", evil))))
        with pytest.raises(ValueError, match="line break"):
            bytes(Request("OPTIONS", evil))

    def test_every_status_that_we_send_has_its_phrase(self) -> None:
        assert all(PHRASES[status] for status in (100, 180, 200, 400, 405, 408, 415, 416, 420, 480, 481, 482, 487))
        assert Request("BYE", "sip:b@h").response(499).reason == "Unknown"


SEEDS = [
    INVITE,
    WSINV,
    b"SIP/2.0 200 OK\r\n" + INVITE.partition(b"\r\n")[2],
    INVITE.replace(b"INVITE", b"CANCEL"),
    INVITE.replace(b"INVITE", b"ACK"),
    INVITE.replace(b"INVITE", b"BYE").replace(b"10.0.0.1>", b"10.0.0.1>;tag=t1"),
]

CALLED = FarSide().be_called()[1]
SEEDS += [
    bytes(CALLED.response(status, ("Contact", "<sip:c@10.0.0.9>"), ("Record-Route", "<sip:p;lr>"), tag="far"))
    for status in (100, 180, 200, 486)
]
"Every far side that is called sees the same INVITE: these are answers to it."


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real message with pieces removed, repeated, moved, or replaced by rubbish."""
    data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        piece = draw(
            st.binary(max_size=8)
            | st.sampled_from([b"", b'"', b"<", b">", b";", b",", b"\r\n", b"\n ", b":", b"@", b"\\", b"=", b" "])
            | st.just(data[start:end] * 2)
        )
        data = data[:start] + piece + data[end:]
    return data


@given(mutated() | st.binary(max_size=300))
def test_no_bytes_crash_the_parser_nor_its_readers(data: bytes) -> None:
    try:
        message = parse(data)
    except ProtocolError:
        return
    assert parse(bytes(message)) == message
    for read in ("via", "cseq", "call_id", "from_", "to", "contact", "q850", "retry_after_seconds"):
        try:
            getattr(message, read)
        except ProtocolError:
            continue


@given(st.lists(mutated(), max_size=5), st.booleans())
def test_no_bytes_crash_the_agent_and_nothing_stays(datagrams: list[bytes], answers: bool) -> None:
    far = FarSide()
    if answers:
        far.be_called()
    for data in datagrams:
        far.agent.receive(data, THEM, far.now)
        for event in far.agent.events():
            event.leg.answer(b"audio", far.now)
            event.leg.accept(b"audio", far.now)
        far.wait(0.1)
    for event in far.agent.events():
        event.leg.bye(far.now)
    for leg in list(far.agent._legs.values()):
        leg.bye(far.now)
    far.wait(200)
    assert len(far.agent) == 0


def test_time_grows_with_the_length_alone() -> None:
    # Each of these is quadratic, or worse, in a parser that backtracks or copies; here each is one pass.
    for piece in (b'"', b"<", b";", b",", b"\\", b" ", b"\t", b"a=", b"\r\n "):
        for name in (b"To: ", b"Via: ", b"Contact: "):
            data = b"OPTIONS sip:a@h SIP/2.0\r\n" + name + piece * (60_000 // len(piece)) + b"\r\n\r\n"
            try:
                message = parse(data)
                _ = message.to, message.via, message.contact
            except ProtocolError:
                continue
