"""Header values: as tolerant as the field needs, and text and value are inverse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address
from unifax.wire.sip.fields import (
    CSeq,
    NameAddr,
    Params,
    Uri,
    Via,
    number,
    param,
    q850_cause,
    retry_after_seconds,
    split_list,
)

TOKENS = st.text("abcXYZ019-.!%*_+`'~", min_size=1, max_size=12)
HOSTS = st.one_of(st.from_regex(r"[a-z0-9_]([a-z0-9_\-]{0,8}\.){0,3}[a-z0-9]{1,6}", fullmatch=True), st.just("::1"))
PORTS = st.none() | st.integers(0, 65_535)
PARAMS: st.SearchStrategy[Params] = st.lists(
    st.tuples(TOKENS.map(str.lower), st.none() | TOKENS | st.just('"quoted; <text>, \\" "')), max_size=4
).map(tuple)
PLAIN_PARAMS: st.SearchStrategy[Params] = st.lists(
    st.tuples(TOKENS.map(str.lower), st.none() | TOKENS), max_size=4
).map(tuple)
USERS = st.none() | st.text("abcXYZ019-_.!~*'()%&=+$,;?/:#@", max_size=20)
URIS = st.builds(
    Uri, st.sampled_from(["sip", "sips"]), USERS, HOSTS, PORTS, PLAIN_PARAMS, st.text("abc=&%-", max_size=9)
) | st.builds(lambda user, params: Uri("tel", user, "", params=params), TOKENS, PLAIN_PARAMS)


class TestUri:
    @given(URIS)
    def test_text_and_value_are_inverse(self, uri: Uri) -> None:
        assert Uri.parse(str(uri)) == uri

    @pytest.mark.parametrize(
        ("text", "number", "address"),
        [
            ("sip:7778888@127.0.0.1:5070", "7778888", Address("127.0.0.1", 5070)),
            ("SIP:0003%2A210@h2", "0003*210", Address("h2", 5060)),
            ("sip:my_host_1", "", Address("my_host_1", 5060)),
            ("sip:a:secret@proxy1;transport=udp?subject=x&to=y", "a", Address("proxy1", 5060)),
            ("sip:user;par=u%40example.net@example.com", "user;par=u@example.net", Address("example.com", 5060)),
            ("sip:+1(408)555@[2001:db8::10]:6060", "+1(408)555", Address("2001:db8::10", 6060)),
            ("sip:alice@corp@10.0.0.1", "alice@corp", Address("10.0.0.1", 5060)),
            ("sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com", None, Address("example.com", 5060)),
            ("tel:+49-30-1234;phone-context=+49", "+49-30-1234", Address("", 5060)),
            ("soap.beep://192.0.2.103:3002", "//192.0.2.103:3002", Address("", 5060)),
        ],
    )
    def test_uris_of_the_field(self, text: str, number: str | None, address: Address) -> None:
        uri = Uri.parse(text)
        assert uri.address == address
        assert number is None or uri.number == number

    @pytest.mark.parametrize(
        "text", ["", "sip:", "sip", "sip:a@", "sip:a@h:99999", "sip:a@h:x", "<sip:a@h>", "sip:a b@h", "si p:a", "sip:@"]
    )
    def test_what_is_none(self, text: str) -> None:
        with pytest.raises(ProtocolError):
            Uri.parse(text)


class TestNameAddr:
    @given(st.builds(NameAddr, URIS.map(str), st.text(max_size=20), PARAMS))
    def test_text_and_value_are_inverse(self, name: NameAddr) -> None:
        assert NameAddr.parse(str(name)) == name

    @pytest.mark.parametrize(
        ("text", "display", "uri", "tag"),
        [
            ("sip:a@h;tag=x", "", "sip:a@h", "x"),
            ("<sip:a@h;tag=no>", "", "sip:a@h;tag=no", ""),
            ('"A <b> \\"c\\" \\\\" <sip:a@h> ; TAG = x', 'A <b> "c" \\', "sip:a@h", "x"),
            ("Watson Smith<sip:a@h>;tag=x", "Watson Smith", "sip:a@h", "x"),
            ('""<sip:a@h>', "", "sip:a@h", ""),
            ('<sip:a@h>;+sip.instance="<urn:uuid:0;1,2>";tag=x', "", "sip:a@h", "x"),
            ("<sip:a@h?Route=%3Csip:x%3E>", "", "sip:a@h?Route=%3Csip:x%3E", ""),
            ("tel:+49;tag=x", "", "tel:+49", "x"),
        ],
    )
    def test_names_of_the_field(self, text: str, display: str, uri: str, tag: str) -> None:
        name = NameAddr.parse(text)
        assert (name.display, name.uri, name.tag) == (display, uri, tag)

    @pytest.mark.parametrize("text", ['"no end <sip:a@h>', "<sip:a@h", '"name" sip:a@h', '"\\'])
    def test_what_is_none(self, text: str) -> None:
        with pytest.raises(ProtocolError):
            NameAddr.parse(text)

    def test_a_tag_is_set_replaced_and_removed(self) -> None:
        name = NameAddr.parse("<sip:a@h>;x=1")
        assert str(name.tagged("t").tagged("u")) == "<sip:a@h>;x=1;tag=u"
        assert str(name.tagged("t").tagged("")) == "<sip:a@h>;x=1"


class TestVia:
    @given(st.builds(Via, st.sampled_from(["UDP", "TLS-SCTP"]), HOSTS, PORTS, PLAIN_PARAMS))
    def test_text_and_value_are_inverse(self, via: Via) -> None:
        assert Via.parse(str(via)) == via

    @pytest.mark.parametrize(
        "text",
        ["SIP/2.0/UDP h:5:6", "SIP/2.0/UDP", "SIP/2.0/UDP ;branch=x", "HTTP/2.0/UDP h", "SIP/3.0/UDP h", "", ";", "//"],
    )
    def test_what_is_none(self, text: str) -> None:
        with pytest.raises(ProtocolError):
            Via.parse(text)

    def test_what_a_server_notes_down_is_not_believed_when_sent(self) -> None:
        via = Via.parse("SIP/2.0/UDP 10.0.0.9:5090;received=1.2.3.4;rport=9;branch=x")
        seen = via.seen_from(Address("10.0.0.9", 4000))
        assert seen.reply_to == Address("10.0.0.9", 4000)
        assert str(seen) == "SIP/2.0/UDP 10.0.0.9:5090;branch=x;rport=4000;received=10.0.0.9"


@given(st.builds(CSeq, st.integers(0, (1 << 32) - 1), TOKENS))
def test_cseq_text_and_value_are_inverse(cseq: CSeq) -> None:
    assert CSeq.parse(str(cseq)) == cseq


@pytest.mark.parametrize("text", ["", "1", "x INVITE", "-1 INVITE", "4294967296 INVITE", "1 INVITE x", "1 <>", "² A"])
def test_what_is_no_cseq(text: str) -> None:
    with pytest.raises(ProtocolError):
        CSeq.parse(text)


def test_long_numbers_cost_nothing() -> None:
    assert number("0" * 50_000 + "9", 10) == 9
    with pytest.raises(ProtocolError):
        number("9" * 50_000, 10)


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ('Q.850;cause=17;text="User busy; really"', 17),
        ("q.850 ; cause = 16", 16),
        ("SIP;cause=200", None),
        ("Q.850;text=x", None),
        ("Q.850;cause=", None),
        ("Q.850;cause=128", None),
        ("", None),
    ],
)
def test_q850_causes(reason: str, cause: int | None) -> None:
    assert q850_cause(reason) == cause


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("120", 120), (" 18000;duration=3600", 18000), ("120 (in a meeting)", 120), ("soon", None), ("", None)],
)
def test_retry_after(text: str, seconds: int | None) -> None:
    assert retry_after_seconds(text) == seconds


def test_lists_are_split_outside_quotes_and_brackets() -> None:
    assert split_list('a, "b, \\", c" <d,e> , ,f', ",") == ["a", '"b, \\", c" <d,e>', "f"]
    assert split_list(" , ", ",") == []


def test_a_parameter_without_value_is_there() -> None:
    assert (param((("lr", None),), "lr"), param((), "lr")) == ("", None)


@pytest.mark.parametrize(
    ("params", "where"),
    [
        (";received=203.0.113.7;rport=40000", Address("203.0.113.7", 40_000)),
        (";rport=40000", Address("10.0.0.1", 40_000)),
        (";received=203.0.113.7", Address("203.0.113.7", 5070)),
        (";received=[2001:DB8::7];rport=40000", Address("2001:db8::7", 40_000)),
        (";rport", None),
        ("", None),
        (";received=far.example.com;rport=40000", None),
        (";received=203.0.113.7;rport=70000", None),
        (";received=203.0.113.7;rport=0", None),
    ],
)
def test_where_an_answer_says_that_we_are(params: str, where: Address | None) -> None:
    assert Via.parse(f"SIP/2.0/UDP 10.0.0.1:5070{params};branch=z9hG4bKx").received_from == where
