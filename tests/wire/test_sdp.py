"""Session descriptions: what fax machines and gateways write, and what we answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address
from unifax.wire.sdp import (
    MAX_MEDIA,
    Media,
    Sdp,
    audio_answer,
    audio_offer,
    first_answer,
    t38_answer,
    t38_offer,
)
from unifax.wire.t38_parameters import T38

MEDIA = Address("10.0.0.1", 4000)

ASTERISK = b"""v=0\r
o=- 1796127112 1796127113 IN IP4 192.0.2.4\r
s=Asterisk\r
c=IN IP4 192.0.2.4\r
t=0 0\r
m=image 4321 udptl t38\r
a=T38FaxVersion:0\r
a=T38MaxBitRate:14400\r
a=T38FaxRateManagement:transferredTCF\r
a=T38FaxMaxDatagram:1400\r
a=T38FaxUdpEC:t38UDPFEC\r
"""

GATEWAY = b"""v=0
o=CiscoSystemsSIP-GW-UserAgent 6264 1042 IN IP4 192.0.2.7
s=SIP Call
c=IN IP4 192.0.2.7
b=AS:64
t=0 0
a=silly
m=audio 0 RTP/AVP 18 0
m=image 17024 UDPTL T38
c=IN IP4 192.0.2.8/127
a=t38faxversion: 3
a=T38MAXBITRATE:33600
a=T38FaxFillBitRemoval:0
a=T38FaxTranscodingMMR
a=T38FaxTranscodingJBIG:1
a=T38FaxRateManagement:localTCF
a=T38FaxMaxBuffer:200
a=T38FaxMaxDatagram:72
a=T38FaxUdpEC:t38UDPRedundancy
m=video 5000/2 RTP/AVP 31
"""

PHONE = b"""v=0
o=- 1 1 IN IP4 10.0.0.9
s=-
t=0 0
m=audio 5004 RTP/SAVP 0 8
c=IN IP4 10.0.0.9
m=audio 5006 RTP/AVP 18 8 0 101
c=IN IP4 10.0.0.10
a=rtpmap:101 telephone-event/8000
a=sendrecv
m=application 9 TCP/BFCP *
"""


class TestReading:
    def test_asterisks_t38(self) -> None:
        sdp = Sdp.parse(ASTERISK)
        assert sdp.t38_address() == Address("192.0.2.4", 4321)
        assert sdp.t38() == T38(max_datagram=1400, udp_ec="t38UDPFEC")
        assert sdp.t38_max_datagram() == 1400
        assert sdp.audio_address() is None

    def test_a_gateways_t38_beside_refused_audio(self) -> None:
        sdp = Sdp.parse(GATEWAY)
        assert sdp.t38_address() == Address("192.0.2.8", 17024)
        assert sdp.t38() == T38(
            version=3,
            max_bit_rate=33_600,
            rate_management="localTCF",
            max_datagram=72,
            max_buffer=200,
            fill_bit_removal=False,
            transcoding_mmr=True,
            transcoding_jbig=True,
        )
        assert sdp.t38_max_datagram() == 72
        assert sdp.audio_address() is None
        assert sdp.media[2].port == 5000

    def test_audio_at_the_first_line_that_is_g711_over_plain_rtp(self) -> None:
        sdp = Sdp.parse(PHONE)
        assert sdp.audio_address() == Address("10.0.0.10", 5006)
        assert sdp.t38_address() is None
        assert sdp.t38() is None

    def test_what_is_missing_has_its_default(self) -> None:
        sdp = Sdp.parse(b"v=0\r\nc=IN IP6 2001:db8::1\r\nm=image 9 udptl t38\r\na=T38FaxMaxDatagram:none\r\n")
        assert sdp.t38() == T38()
        assert sdp.t38_address() == Address("2001:db8::1", 9)
        assert sdp.t38_max_datagram() == 400

    @pytest.mark.parametrize(
        ("lines", "read"),
        [
            ("T38FaxVersion:2,t38maxBitRate : 9600,T38FAXMAXDATAGRAM:316", T38(2, 9_600, max_datagram=316)),
            ("T38FaxVersion 1,T38MaxBitRate 7200,T38MaxDatagram:  512", T38(1, 7_200, max_datagram=512)),
            ("T38FaxVersion,T38MaxBitRate:,T38FaxMaxDatagram:-1,T38FaxUdpEC:,T38FaxRateManagement", T38()),
            ("T38FaxFillBitRemoval:0,T38FaxTranscodingMMR:0,T38FaxTranscodingJBIG:0", T38()),
            (
                "T38FaxFillBitRemoval,T38FaxTranscodingMMR:1,T38FaxTranscodingJBIG: 1",
                T38(fill_bit_removal=True, transcoding_mmr=True, transcoding_jbig=True),
            ),
            ("T38FaxMaxBitRate:4800,T38FaxUdpECDepth:minred 1,T38VendorInfo:0 0 37,T38ModemType:G3", T38(0, 4_800)),
        ],
    )
    def test_t38_in_the_spellings_of_the_field(self, lines: str, read: T38) -> None:
        attributes = "".join(f"a={line}\r\n" for line in lines.split(","))
        assert Sdp.parse(f"v=0\nm=image 9 udptl t38\n{attributes}".encode()).t38() == read

    def test_t38_parameters_may_stand_with_the_session(self) -> None:
        sdp = Sdp.parse(
            b"v=0\na=T38FaxMaxDatagram:300\na=T38MaxBitRate:9600\nm=image 9 udptl t38\na=T38MaxBitRate:4800\n"
        )
        assert sdp.t38() == T38(max_datagram=300, max_bit_rate=4_800)

    def test_an_ipv6_address_is_written_as_sockets_do(self) -> None:
        sdp = Sdp.parse(b"v=0\nc=IN IP6 2001:DB8:0:0::0001\nm=image 9 udptl t38\n")
        assert sdp.t38_address() == Address("2001:db8::1", 9)

    def test_no_datagram_is_larger_than_ours(self) -> None:
        assert Sdp.parse(ASTERISK.replace(b"1400", b"65000")).t38_max_datagram() == 1400

    @pytest.mark.parametrize(
        "line",
        [
            b"m=image 0 udptl t38",
            b"m=image 9 TCP t38",
            b"m=image 9 udptl t140",
            b"m=audio 9 udptl t38",
            b"m=image 9 udptl",
        ],
    )
    def test_what_is_no_t38_in_use(self, line: bytes) -> None:
        assert Sdp.parse(b"v=0\r\nc=IN IP4 1.2.3.4\r\n" + line + b"\r\n").t38_address() is None

    def test_an_address_that_is_none(self) -> None:
        held = Sdp.parse(PHONE.replace(b"10.0.0.10", b"0.0.0.0"))
        assert (held.holds_audio(), Sdp.parse(PHONE).holds_audio()) == (True, False)
        assert not Sdp.parse(ASTERISK).holds_audio()
        assert held.audio() is not None
        assert held.audio_address() is None
        assert Sdp.parse(b"v=0\r\nm=image 9 udptl t38\r\n").t38_address() is None

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\r\n",
            b"x=0\r\n",
            b"v=1\r\n",
            b"v=0\r\nm=audio\r\n",
            b"v=0\r\nm=audio 1\r\n",
            b"v=0\r\nm=audio x RTP/AVP 0\r\n",
            b"v=0\r\nm=audio 65536 RTP/AVP 0\r\n",
            b"v=0\r\nm=audio 000000001 RTP/AVP 0\r\n",
            b"v=0\r\n" + b"m=audio 1 RTP/AVP 0\r\n" * (MAX_MEDIA + 1),
            b"v=0\r\n" + b"a=x\r\n" * 10_000,
        ],
    )
    def test_what_is_none(self, data: bytes) -> None:
        with pytest.raises(ProtocolError):
            Sdp.parse(data)


class TestOffering:
    def test_audio_byte_for_byte(self) -> None:
        assert audio_offer(MEDIA) == (
            b"v=0\r\no=unifax 4000 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
            b"m=audio 4000 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=sendrecv\r\n"
        )

    def test_t38_byte_for_byte(self) -> None:
        assert t38_offer(MEDIA) == (
            b"v=0\r\no=unifax 4000 2 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
            b"m=image 4000 udptl t38\r\na=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\n"
            b"a=T38FaxRateManagement:transferredTCF\r\na=T38FaxMaxDatagram:1400\r\na=T38FaxUdpEC:t38UDPRedundancy\r\n"
        )

    def test_a_later_description_has_the_version_it_is_given(self) -> None:
        assert b"o=unifax 4000 7 IN IP6 ::1\r\n" in audio_offer(Address("::1", 4000), version=7)


class TestAnswering:
    def test_t38_takes_its_line_and_refuses_the_others(self) -> None:
        answer = Sdp.parse(t38_answer(Sdp.parse(GATEWAY), MEDIA))
        assert [(media.kind, media.port, media.formats) for media in answer.media] == [
            ("audio", 0, ("18", "0")),
            ("image", 4000, ("T38",)),
            ("video", 0, ("31",)),
        ]
        assert answer.t38_address() == MEDIA

    def test_redundancy_is_answered_to_fec(self) -> None:
        t38 = Sdp.parse(t38_answer(Sdp.parse(ASTERISK), MEDIA)).t38()
        assert t38 is not None
        assert t38.udp_ec == "t38UDPRedundancy"

    def test_a_slower_far_side_is_not_answered_with_more_than_it_has(self) -> None:
        slow = ASTERISK.replace(b"T38MaxBitRate:14400", b"T38MaxBitRate:9600")
        t38 = Sdp.parse(t38_answer(Sdp.parse(slow), MEDIA)).t38()
        assert slow != ASTERISK
        assert t38 is not None
        assert t38.max_bit_rate == 9_600

    def test_the_first_offer_of_a_call_is_answered_with_t38_where_there_is_any_and_it_is_wanted(self) -> None:
        both = Sdp.parse(PHONE + b"m=image 5008 udptl t38\nc=IN IP4 10.0.0.10\n")
        for offer, t38, ports in (
            (both, True, [0, 0, 0, 4000]),
            (both, False, [0, 4000, 0, 0]),
            (Sdp.parse(PHONE), True, [0, 4000, 0]),
            (Sdp.parse(ASTERISK), True, [4000]),
        ):
            assert [media.port for media in Sdp.parse(first_answer(offer, MEDIA, t38=t38)).media] == ports
        for nothing in (ASTERISK, ASTERISK.replace(b"192.0.2.4", b"fax.example.com")):
            with pytest.raises(ProtocolError):
                first_answer(Sdp.parse(nothing), MEDIA, t38=nothing != ASTERISK)

    def test_audio_takes_one_line_and_one_law(self) -> None:
        answer = Sdp.parse(audio_answer(Sdp.parse(PHONE), MEDIA))
        assert [(media.port, media.protocol, media.formats) for media in answer.media] == [
            (0, "RTP/SAVP", ("0", "8")),
            (4000, "RTP/AVP", ("8",)),
            (0, "TCP/BFCP", ("*",)),
        ]
        assert ("rtpmap", "8 PCMA/8000") in answer.media[1].attributes

    @pytest.mark.parametrize(
        ("line", "answered"),
        [
            ("a=sendonly", "recvonly"),
            ("a=recvonly", "sendonly"),
            ("a=inactive", "inactive"),
            ("a=sendrecv", "sendrecv"),
            ("a=ptime:20", "sendrecv"),
        ],
    )
    def test_a_direction_is_answered_with_its_counterpart(self, line: str, answered: str) -> None:
        for offer in (f"v=0\nm=audio 9 RTP/AVP 0\n{line}\n", f"v=0\n{line}\nm=audio 9 RTP/AVP 0\n"):
            answer = Sdp.parse(audio_answer(Sdp.parse(offer.encode()), MEDIA))
            assert [name for name, _ in answer.media[0].attributes] == ["rtpmap", "ptime", answered]

    def test_what_is_not_offered_cannot_be_answered(self) -> None:
        with pytest.raises(ProtocolError):
            t38_answer(Sdp.parse(PHONE), MEDIA)
        with pytest.raises(ProtocolError):
            audio_answer(Sdp.parse(GATEWAY), MEDIA)

    def test_both_ends_agree(self) -> None:
        far = Address("10.0.0.2", 5000)
        for offer, answer in ((audio_offer, audio_answer), (t38_offer, t38_answer)):
            theirs = Sdp.parse(offer(MEDIA))
            ours = Sdp.parse(answer(theirs, far))
            assert len(ours.media) == len(theirs.media) == 1
            assert far in (ours.audio_address(), ours.t38_address())


@pytest.mark.parametrize("host", ["far.example.com", "999.1.1.1", "10.0.0", "localhost", "0.0.0.0", "::"])
def test_media_that_goes_to_a_name_or_nowhere_goes_nowhere(host: str) -> None:
    for offer in (audio_offer, t38_offer):
        theirs = Sdp.parse(offer(MEDIA).replace(MEDIA.host.encode(), host.encode()))
        assert (theirs.audio_address(), theirs.t38_address()) == (None, None)


WORDS = st.text("abcXYZ019.-_/*", min_size=1, max_size=8)
HOSTS = st.none() | st.sampled_from(["10.0.0.1", "2001:db8::1", "gw_1.example.com"])
ATTRIBUTES = st.lists(st.tuples(WORDS, st.none() | st.just("") | WORDS), max_size=4).map(tuple)
LINES = st.builds(
    Media, WORDS, st.integers(0, 65_535), WORDS, st.lists(WORDS, max_size=3).map(tuple), HOSTS, ATTRIBUTES
)
DESCRIPTIONS = st.builds(Sdp, WORDS, HOSTS, st.lists(LINES, max_size=4).map(tuple), ATTRIBUTES)


@given(DESCRIPTIONS)
def test_text_and_value_are_inverse(sdp: Sdp) -> None:
    assert Sdp.parse(bytes(sdp)) == sdp


@given(
    st.builds(
        T38,
        version=st.integers(0, 3),
        max_bit_rate=st.integers(1, 33_600),
        rate_management=st.sampled_from(["localTCF", "transferredTCF"]),
        udp_ec=st.sampled_from(["t38UDPFEC", "t38UDPRedundancy"]),
        max_datagram=st.none() | st.integers(0, 10_000),
        max_buffer=st.none() | st.integers(0, 10_000),
        fill_bit_removal=st.booleans(),
        transcoding_mmr=st.booleans(),
        transcoding_jbig=st.booleans(),
    )
)
def test_t38_and_its_attributes_are_inverse(t38: T38) -> None:
    assert T38.of(t38.attributes()) == t38


@given(st.sampled_from([ASTERISK, GATEWAY, PHONE]), st.data())
def test_no_bytes_crash_the_parser_nor_the_answers(data: bytes, draw: st.DataObject) -> None:
    for _ in range(draw.draw(st.integers(0, 6))):
        start = draw.draw(st.integers(0, len(data)))
        piece = draw.draw(st.binary(max_size=6) | st.sampled_from([b"=", b"\n", b"\r", b"m=", b":", b" ", b"a="]))
        data = data[:start] + piece + data[start + draw.draw(st.integers(0, 30)) :]
    try:
        offer = Sdp.parse(data)
    except ProtocolError:
        return
    assert Sdp.parse(bytes(offer)) == offer
    for answer in (t38_answer, audio_answer):
        try:
            ours = Sdp.parse(answer(offer, MEDIA))
        except ProtocolError:
            continue
        assert len(ours.media) == len(offer.media)
        assert sum(media.port != 0 for media in ours.media) == 1


@given(st.binary(max_size=200))
def test_no_rubbish_crashes_the_parser(data: bytes) -> None:
    try:
        Sdp.parse(b"v=0\r\n" + data)
    except ProtocolError:
        return
