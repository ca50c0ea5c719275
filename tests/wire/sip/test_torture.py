"""The torture messages of RFC 4475 and RFC 5118, said to an agent: what each leads to, and that nothing stays.

Spaces, folds and bytes that matter are as in the RFC; what does not matter to the test is left out.
"""

import pytest

from tests.wire.sip.far_side import THEM, FarSide, words
from unifax.wire.sip.message import Response, parse

SDP = """v=0
o=mhandley 29739 7272939 IN IP4 192.0.2.1
s=-
c=IN IP4 192.0.2.1
t=0 0
m=audio 49217 RTP/AVP 0 12
a=rtpmap:31 LPC
"""
FROM, TO = "From: sip:caller@example.org;tag=33242", "To: sip:user@example.com"
VIA = "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKkdjuw"


def message(start: str, *lines: str, body: str = "", encoding: str = "utf-8") -> bytes:
    """Return a message of these lines, which end in CR LF wherever they are broken."""
    text = "\n".join([start, *lines, "", body])
    return text.replace("\n", "\r\n").encode(encoding)


def request(method: str, *lines: str, uri: str = "sip:user@example.com", body: str = "", sets: str = "") -> bytes:
    """Return a request that is complete, with `lines` in addition, and those headers left out that `sets` names."""
    cseq = f"CSeq: 8 {method}"
    always = {"via": VIA, "from": FROM, "to": TO, "call-id": "Call-ID: 4475", "cseq": cseq, "max": "Max-Forwards: 70"}
    kept = [line for name, line in always.items() if name not in sets.split()]
    return message(f"{method} {uri} SIP/2.0", *kept, *lines, body=body)


INVITE = ("Contact: <sip:caller@host5.example.net>", "Content-Type: application/sdp")

VALID = {
    "3.1.1.1 wsinv": message(
        "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0",
        "TO :\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n",
        'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\n  ;\n  tag = 98asjd8',
        "MaX-fOrWaRdS: 0068",
        "Call-ID: wsinv.ndaksdj@192.0.2.1",
        "Content-Length   : 0",
        "cseq: 0009\n  INVITE",
        "Via  : SIP  /   2.0\n /UDP\n    192.0.2.2;branch=390skdjuw",
        "s :",
        "NewFangledHeader:   newfangled value\n continued newfangled value",
        "UnknownHeaderWithUnusualValue: ;;,,;;,;",
        "Route:\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>",
        "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\n  branch  =   z9hG4bK9ikj8  ,\n SIP  /    2.0   / UDP  "
        "192.168.255.111   ; branch=\n z9hG4bK30239",
        'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =\n      newvalue ;\n  secondparam ; q = 0.33',
    ),
    "3.1.1.2 intmeth": message(
        "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:"
        "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
        "Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~",
        'To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$/crazy?,/;;*@example.com>',
        "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"работающий\";"
        "tag=_token~1'+`*%!-.",
        "Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
        "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~",
        "Max-Forwards: 255",
        "extensionHeader-!.%*+_`'~:\ufeff大停電",
        "Content-Length: 0",
    ),
    "3.1.1.3 esc01": request("INVITE", *INVITE, uri="sip:sips%3Auser%40example.com@example.net", body=SDP),
    "3.1.1.4 escnull": request(
        "REGISTER", "Contact: <sip:%00@host5.example.com>", "Contact: <sip:%00%00@host5.example.com>"
    ),
    "3.1.1.5 esc02": message(
        "RE%47IST%45R sip:registrar.example.com SIP/2.0",
        'To: "%Z%45" <sip:resource@example.com>',
        'From: "%Z%45" <sip:resource@example.com>;tag=f232jadfj23',
        "Call-ID: esc02.asdfnqwo34rq23i34jrjasdcnl23nrlknsdf",
        "Via: SIP/2.0/TCP host.example.com;rport;branch=z9hG4bK209%fzsnel234",
        "CSeq: 29344 RE%47IST%45R",
        "Max-Forwards: 70",
        "Contact: <sip:alias1@host1.example.com>",
        "C%6Fntact: <sip:alias2@host2.example.com>",
        "l: 0",
    ),
    "3.1.1.6 lwsdisp": request("OPTIONS", "From: caller<sip:caller@example.com>;tag=323", sets="from"),
    "3.1.1.7 longreq": request(
        "INVITE",
        'To: "I have a user name of extremeextreme'
        + "e" * 250
        + '" <sip:user@example.com:6000;unknownparam1=very'
        + "long" * 20
        + ";longparam"
        + "name" * 25
        + "=shortvalue;verylong"
        + "Parameter" * 20
        + "NameWithNoValue>",
        "F: sip:"
        + "amazinglylongcallername" * 12
        + "@example.net;tag=12"
        + "98" * 50
        + "424;unknownheaderparam"
        + "name" * 15
        + "=unknowheaderparam"
        + "value" * 15
        + ";unknownValueless"
        + "paramname" * 10,
        "Call-ID: longreq.one" + "really" * 20 + "longcallid",
        "Unknown-"
        + "Long" * 20
        + "-Name: unknown-"
        + "long" * 20
        + "-value; unknown-"
        + "long" * 20
        + "-parameter-name = value",
        *(f"Via: SIP/2.0/TCP sip{number}.example.com" for number in range(33, 0, -1)),
        "Via: SIP/2.0/TCP host.example.com;received=192.0.2.5;branch=very" + "long" * 50 + "branchvalue",
        "Contact: <sip:" + "amazinglylongcallername" * 12 + "@host5.example.net>",
        "Content-Type: application/sdp",
        sets="to from call-id",
        body=SDP,
    ),
    "3.1.1.8 dblreq": request("REGISTER", "Content-Length: 0") + request("INVITE", *INVITE, body=SDP),
    "3.1.1.9 semiuri": request("OPTIONS", uri="sip:user;par=u%40example.net@example.com"),
    "3.1.1.10 transports": request(
        "OPTIONS",
        "Via: SIP/2.0/UDP t1.example.com;branch=z9hG4bKkdjuw",
        "Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf",
        "Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj",
        "Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en",
        "Via: SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee",
        sets="via",
    ),
    "3.1.1.11 mpart01": request(
        "MESSAGE",
        'Content-Type: multipart/mixed;boundary="7a9cbec02ceef655"',
        body="--7a9cbec02ceef655\nContent-Type: text/plain\nContent-Transfer-Encoding: binary\n\nHello\n"
        "--7a9cbec02ceef655\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: binary\n\n0R\x06*\n"
        "--7a9cbec02ceef655--",
    ),
}
"Messages that are valid, however odd."

INVALID = {
    "3.1.2.1 badinv01": request(
        "INVITE", 'Contact: "Joe" <sip:joe@example.org>;;;;', "Via: SIP/2.0/UDP 192.0.2.15;;,;,,", sets="via", body=SDP
    ),
    "3.1.2.2 clerr": request("INVITE", *INVITE, "Content-Length: 9999", body=SDP),
    "3.1.2.3 ncl": request("INVITE", *INVITE, "Content-Length: -999", body=SDP),
    "3.1.2.4 scalar02": request(
        "REGISTER",
        "Via: SIP/2.0/TCP host129.example.com;branch=z9hG4bK342sdfoi3",
        "CSeq: 36893488147419103232 REGISTER",
        "Max-Forwards: 300",
        "Expires: 10000000000000000000000000000000000000000",
        sets="via cseq max",
    ),
    "3.1.2.5 scalarlg": message(
        "SIP/2.0 503 Service Unavailable",
        VIA,
        FROM,
        TO,
        "Call-ID: 4475",
        "CSeq: 9292394834772304023312 OPTIONS",
        "Retry-After: 949302838503028349304023988",
        'Warning: 1812 overture "In Progress"',
        "Content-Length: 0",
    ),
    "3.1.2.6 quotbal": request("INVITE", 'To: "Mr. J. User <sip:j.user@example.com>', *INVITE, sets="to", body=SDP),
    "3.1.2.7 ltgtruri": request("INVITE", *INVITE, uri="<sip:user@example.com>", body=SDP),
    "3.1.2.8 lwsruri": request("INVITE", *INVITE, uri="sip:user@example.com; lr", body=SDP),
    "3.1.2.9 lwsstart": message(
        "INVITE  sip:user@example.com  SIP/2.0", VIA, FROM, TO, "Call-ID: 4475", "CSeq: 8 INVITE", *INVITE, body=SDP
    ),
    "3.1.2.10 trws": message(
        "OPTIONS sip:remote-target@example.com SIP/2.0  ", VIA, FROM, TO, "Call-ID: 4475", "CSeq: 8 OPTIONS"
    ),
    "3.1.2.11 escruri": request("INVITE", *INVITE, uri="sip:user@example.com?Route=%3Csip:example.com%3E", body=SDP),
    "3.1.2.12 baddate": request("INVITE", "Date: Fri, 01 Jan 2010 16:00:00 EST", *INVITE, body=SDP),
    "3.1.2.13 regbadct": request("REGISTER", "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E"),
    "3.1.2.14 badaspec": request(
        "OPTIONS",
        'From: "Bell, Alexander" <sip:a.g.bell@example.com>;tag=433423',
        'To: "Watson, Thomas" < sip:t.watson@example.org >',
        sets="from to",
    ),
    "3.1.2.15 baddn": request(
        "OPTIONS",
        "From:    Bell, Alexander <sip:a.g.bell@example.com>;tag=43",
        "To:      Watson, Thomas <sip:t.watson@example.org>",
        sets="from to",
    ),
    "3.1.2.16 badvers": message(
        "OPTIONS sip:t.watson@example.org SIP/7.0",
        "Via:     SIP/7.0/UDP c.example.com;branch=z9hG4bKkdjuw",
        FROM,
        TO,
        "Call-ID: 4475",
        "CSeq: 8 OPTIONS",
        "l: 0",
    ),
    "3.1.2.17 mismatch01": request("OPTIONS", "CSeq: 8 INVITE", sets="cseq"),
    "3.1.2.18 mismatch02": request("NEWMETHOD", "CSeq: 8 INVITE", *INVITE, sets="cseq", body=SDP),
    "3.1.2.19 bigcode": message(
        "SIP/2.0 4294967301 better not break the receiver", VIA, FROM, TO, "Call-ID: 4475", "CSeq: 8 INVITE"
    ),
}
APPLICATION = {
    "3.2.1 badbranch": request("OPTIONS", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK", sets="via"),
    "3.3.1 insuf": request("INVITE", *INVITE, sets="from to call-id", body=SDP),
    "3.3.2 unkscm": request("OPTIONS", uri="nobodyKnowsThisScheme:totallyopaquecontent"),
    "3.3.3 novelsc": request("OPTIONS", uri="soap.beep://192.0.2.103:3002"),
    "3.3.4 unksm2": request(
        "REGISTER",
        "To: isbn:2983792873",
        "From: <http://www.example.com>;tag=3234233",
        "Contact: <name:John_Smith>",
        sets="to from",
    ),
    "3.3.5 bext01": request(
        "OPTIONS", "Require: nothingSupportsThis, nothingSupportsThisEither", "Proxy-Require: noProxiesSupportThis"
    ),
    "3.3.6 invut": request(
        "INVITE", INVITE[0], "Content-Type: application/unknownformat", body='<audio>\n <pcmu port="443"/>\n</audio>'
    ),
    "3.3.7 regaut01": request(
        "REGISTER", "Contact: <sip:joe@192.0.2.4>", "Authorization: NoOneKnowsThisScheme opaque-data=here"
    ),
    "3.3.8 multi01": request(
        "INVITE",
        "CSeq: 59 INVITE",
        "Call-ID: multi01.98asdh@192.0.2.2",
        "From: sip:caller@example.net;tag=98asjd8",
        "To: sip:user2@example.com",
        "Max-Forwards: 5",
        *INVITE,
        "Content-Type: multipart/mixed;boundary=x",
        body=SDP,
    ),
    "3.3.9 mcl01": request(
        "OPTIONS", "Content-Length: 13", "Content-Length: 5", body="There's no way to know how many octets"
    ),
    "3.3.10 bcast": message(
        "SIP/2.0 200 OK",
        "Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923",
        "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23",
        FROM,
        TO + ";tag=1",
        "Call-ID: 4475",
        "CSeq: 35 INVITE",
        *INVITE,
        "Content-Length: 0",
    ),
    "3.3.11 zeromf": request("OPTIONS", "Max-Forwards: 0", sets="max"),
    "3.3.12 cparam01": request("REGISTER", "Contact: sip:+19725552222@gw1.example.net;unknownparam"),
    "3.3.13 cparam02": request("REGISTER", "Contact: <sip:+19725552222@gw1.example.net;unknownparam>"),
    "3.3.14 regescrt": request("REGISTER", "Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>"),
    "3.3.15 sdp01": request("INVITE", *INVITE, "Accept: text/nobodyKnowsThis", body=SDP),
    "3.4.1 inv2543": message(
        "INVITE sip:UserB@example.com SIP/2.0",
        "Via: SIP/2.0/UDP iftgw.example.com",
        "From: <sip:+13035551111@ift.client.example.net;user=phone>",
        "Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>",
        "To: sip:+16505552222@ss1.example.net;user=phone",
        "Call-ID: inv2543.1717@ift.client.example.com",
        "CSeq: 56 INVITE",
        "Content-Type: application/sdp",
        body=SDP,
    ),
}

IPV6 = {
    "4.1 ipv6-good": request(
        "OPTIONS", "Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3", uri="sip:[2001:db8::10]", sets="via"
    ),
    "4.2 ipv6-bad": request("OPTIONS", uri="sip:2001:db8::10"),
    "4.3 port-ambiguous": request("OPTIONS", uri="sip:[2001:db8::10:5070]"),
    "4.4 port-unambiguous": request("OPTIONS", uri="sip:[2001:db8::10]:5070"),
    "4.5 via-received-param-with-delim": request(
        "OPTIONS", "Via: SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3", sets="via"
    ),
    "4.5 via-received-param-no-delim": request(
        "OPTIONS", "Via: SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3", sets="via"
    ),
    "4.9 ipv4-mapped-ipv6": request(
        "OPTIONS", "Via: SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh", sets="via"
    ),
    "4.10 ipv6-bug-abnf-3-colons": request("OPTIONS", uri="sip:user@[2001:db8:::192.0.2.1]"),
}
"RFC 5118."

EXPECTED = [
    (VALID, "3.1.1.1 wsinv", "481", "it has a tag of ours that nobody knows"),
    (VALID, "3.1.1.2 intmeth", "501", ""),
    (VALID, "3.1.1.3 esc01", "100", "sips:user@example.com"),
    (VALID, "3.1.1.4 escnull", "405", ""),
    (VALID, "3.1.1.5 esc02", "501", ""),
    (VALID, "3.1.1.6 lwsdisp", "200", ""),
    (VALID, "3.1.1.7 longreq", "100", "user"),
    (VALID, "3.1.1.8 dblreq", "405", ""),
    (VALID, "3.1.1.9 semiuri", "200", ""),
    (VALID, "3.1.1.10 transports", "200", ""),
    (VALID, "3.1.1.11 mpart01", "405", ""),
    (INVALID, "3.1.2.1 badinv01", "100", "user"),
    (INVALID, "3.1.2.2 clerr", "", ""),
    (INVALID, "3.1.2.3 ncl", "", ""),
    (INVALID, "3.1.2.4 scalar02", "400", ""),
    (INVALID, "3.1.2.5 scalarlg", "", ""),
    (INVALID, "3.1.2.6 quotbal", "400", ""),
    (INVALID, "3.1.2.7 ltgtruri", "400", ""),
    (INVALID, "3.1.2.8 lwsruri", "", ""),
    (INVALID, "3.1.2.9 lwsstart", "100", "user"),
    (INVALID, "3.1.2.10 trws", "200", ""),
    (INVALID, "3.1.2.11 escruri", "100", "user"),
    (INVALID, "3.1.2.12 baddate", "100", "user"),
    (INVALID, "3.1.2.13 regbadct", "405", ""),
    (INVALID, "3.1.2.14 badaspec", "200", ""),
    (INVALID, "3.1.2.15 baddn", "200", ""),
    (INVALID, "3.1.2.16 badvers", "", ""),
    (INVALID, "3.1.2.17 mismatch01", "400", ""),
    (INVALID, "3.1.2.18 mismatch02", "400", ""),
    (INVALID, "3.1.2.19 bigcode", "", ""),
    (APPLICATION, "3.2.1 badbranch", "200", ""),
    (APPLICATION, "3.3.1 insuf", "400", ""),
    (APPLICATION, "3.3.2 unkscm", "416", ""),
    (APPLICATION, "3.3.3 novelsc", "416", ""),
    (APPLICATION, "3.3.4 unksm2", "405", ""),
    (APPLICATION, "3.3.5 bext01", "420", ""),
    (APPLICATION, "3.3.6 invut", "415", ""),
    (APPLICATION, "3.3.7 regaut01", "405", ""),
    (APPLICATION, "3.3.8 multi01", "100", "user"),
    (APPLICATION, "3.3.9 mcl01", "", ""),
    (APPLICATION, "3.3.10 bcast", "", ""),
    (APPLICATION, "3.3.11 zeromf", "200", ""),
    (APPLICATION, "3.3.12 cparam01", "405", ""),
    (APPLICATION, "3.3.13 cparam02", "405", ""),
    (APPLICATION, "3.3.14 regescrt", "405", ""),
    (APPLICATION, "3.3.15 sdp01", "100", "user"),
    (APPLICATION, "3.4.1 inv2543", "100", "UserB"),
    (IPV6, "4.1 ipv6-good", "200", ""),
    (IPV6, "4.2 ipv6-bad", "400", ""),
    (IPV6, "4.3 port-ambiguous", "200", ""),
    (IPV6, "4.4 port-unambiguous", "200", ""),
    (IPV6, "4.5 via-received-param-with-delim", "200", ""),
    (IPV6, "4.5 via-received-param-no-delim", "200", ""),
    (IPV6, "4.9 ipv4-mapped-ipv6", "200", ""),
    (IPV6, "4.10 ipv6-bug-abnf-3-colons", "200", "read as a name is read: nobody here looks it up"),
]
"Each message, the status it gets (none: it is dropped), and the number that rings (or why)."


@pytest.mark.parametrize(("group", "name", "status", "called"), EXPECTED, ids=[name for _, name, _, _ in EXPECTED])
def test_each_message_is_answered_or_dropped(group: dict[str, bytes], name: str, status: str, called: str) -> None:
    far = FarSide()
    assert words(far.say(group[name])) == ([status] if status else [])
    assert {datagram.destination.host for datagram in far.datagrams} <= {THEM.host}, "to where it came from"
    invited = far.agent.events()
    assert [getattr(event, "called", "") for event in invited] == ([called] if status == "100" else [])
    for event in invited:
        event.leg.refuse(480, far.now)
    far.wait(100)
    assert len(far.agent) == 0


def test_each_message_is_here() -> None:
    assert len({name for group, name, _, _ in EXPECTED if group is not IPV6}) == len(VALID | INVALID | APPLICATION)
    assert len(VALID | INVALID | APPLICATION | REASONS) == 49


REASONS = {
    "3.1.1.12 unreason": "SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять - простое",
    "3.1.1.13 noreason": "SIP/2.0 100 ",
}


@pytest.mark.parametrize("start", REASONS.values(), ids=REASONS)
def test_reasons_of_all_kinds(start: str) -> None:
    response = parse(message(start, VIA, FROM, TO, "Call-ID: 4475", "CSeq: 8 INVITE"))
    assert isinstance(response, Response)
    assert bytes(response).decode().startswith(start)


def test_requests_with_a_branch_that_names_none_are_told_apart() -> None:
    far = FarSide()
    for number in (8, 9):
        data = APPLICATION["3.2.1 badbranch"].replace(b"CSeq: 8", b"CSeq: %d" % number)
        assert [answer.cseq.number for answer in far.say(data)] == [number]
