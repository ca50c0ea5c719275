"""Captures of whole calls: read by our own reader, and by tshark (`make peers`)."""

import gzip
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.captures import Captured, read_pcap
from tests.faxes import dense_page, text_fax, write_fax
from tests.phones import Conversation, receiving, refuses, sending, takes
from tests.transports import Udptl
from unifax.line.capture import Capture
from unifax.line.plan import Plan
from unifax.line.recorder import Recorder
from unifax.model.call import Media, T38Use
from unifax.model.outcome import Outcome
from unifax.model.transcript import Way
from unifax.wire.datagram import Address
from unifax.wire.rtp import RtpPacket

OURS, THEIRS = Address("10.0.0.1", 4000), Address("10.0.0.2", 4000)
IMAGE = 16
"Octets in a row of a page, or of its sound: no such piece of what was sent may be in the capture."


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return write_fax(tmp_path / "dense.tif", [dense_page(1, 200)])


def recorded(talk: Conversation) -> bytes:
    report = talk.run()
    assert report is not None
    assert report.outcome is Outcome.SENT
    assert talk.recorder.capture is not None
    return gzip.decompress(talk.recorder.capture.close())


def over(media: Media, document: Path, tmp_path: Path, capture: Capture | None = None) -> Conversation:
    use = T38Use.ONLY if media is Media.T38 else T38Use.OFF
    return Conversation(
        Plan(sending(document, paced=True), t38=use, offer_after_seconds=None),
        takes(Plan(receiving(tmp_path / "received.tif", paced=True), t38=use, offer_after_seconds=0.3)),
        recorder=Recorder(0.0, capture or Capture()),
    )


def of_media(captured: list[Captured]) -> list[Captured]:
    return [each for each in captured if 5060 not in (each.source.port, each.destination.port)]


def test_every_datagram_is_there_in_its_order_and_with_its_addresses(document: Path, tmp_path: Path) -> None:
    talk = over(Media.T38, document, tmp_path)
    captured = read_pcap(recorded(talk))
    assert [each.at for each in captured] == sorted(each.at for each in captured)
    left = [sent for sent in talk.link.sent if sent.source in (OURS, talk.caller.sip)]
    left = [
        sent for sent, before in zip(left, [None, *left], strict=False) if before is None or sent.data != before.data
    ]
    of_ours = [each for each in captured if each.source in (OURS, talk.caller.sip)]
    assert Counter((s.source, s.destination, len(s.data)) for s in left) == Counter(
        (each.source, each.destination, len(each.payload)) for each in of_ours
    )
    said = [sent.data for sent in left if sent.source == talk.caller.sip]
    assert [each.payload for each in of_ours if each.source == talk.caller.sip] == said
    assert {each.source for each in of_media(captured)} == {OURS, THEIRS}


def test_t38_is_there_without_the_page(document: Path, tmp_path: Path) -> None:
    talk = over(Media.T38, document, tmp_path)
    capture = recorded(talk)
    end = Udptl()
    packets = [
        ifp for each in of_media(read_pcap(capture)) if each.source == OURS for _, ifp in end.decode(each.payload)
    ]
    assert sum(ifp[0] & 0xFE == 0xC0 for ifp in packets) >= 4, "TSI, DCS, a question after the page, DCN"
    of_pages = [ifp for ifp in packets if ifp[0] & 0xC0 == 0xC0 and ifp[0] & 0xFE != 0xC0]
    assert sum(map(len, of_pages)) > 10_000
    assert all(not any(ifp[5:-1]) for ifp in of_pages if len(ifp) > 10)
    sent = [each.data for each in talk.link.sent if each.source == OURS and len(each.data) > 200]
    assert_absent(sent, capture)


def test_audio_is_there_without_the_sound(document: Path, tmp_path: Path) -> None:
    talk = over(Media.G711, document, tmp_path)
    capture = recorded(talk)
    packets = [RtpPacket.parse(each.payload) for each in of_media(read_pcap(capture))]
    assert len(packets) > 1000
    assert {packet.payload for packet in packets} == {b"\xff" * 160}
    assert_absent([each.data for each in talk.link.sent if each.source == OURS][500:600], capture)


def assert_absent(sent: list[bytes], capture: bytes) -> None:
    pieces = {data[at : at + IMAGE] for data in sent for at in range(40, len(data) - IMAGE, IMAGE)}
    telling = [piece for piece in pieces if len(set(piece)) > 12]
    assert len(telling) > 100
    assert not [piece for piece in telling if piece in capture]


def test_passwords_are_not_in_it(document: Path) -> None:
    capture = Capture()
    here = Address("10.0.0.1", 5060)
    said = b'INVITE sip:a SIP/2.0\r\nAuthorization: Digest username="fax",\r\n response="5ec7e7"\r\nCall-ID: a\r\n\r\n'
    capture.said(0.0, here, here, said + b"a=crypto:1 key\r\n")
    (read,) = read_pcap(gzip.decompress(capture.close()))
    hidden = said.replace(b'response="5ec7e7"', b"*" * 17).replace(b'"fax",', b'"fax"*')
    assert read.payload == hidden + b"a=crypto:* ***\r\n"


def test_a_call_that_was_refused_has_its_signalling(document: Path) -> None:
    talk = Conversation(Plan(sending(document)), refuses(486), recorder=Recorder(0.0, Capture()))
    talk.run()
    assert talk.recorder.capture is not None
    captured = read_pcap(gzip.decompress(talk.recorder.capture.close()))
    assert [each.payload.split()[0] for each in captured] == [b"INVITE", b"SIP/2.0", b"SIP/2.0", b"ACK"]


def test_addresses_that_no_packet_can_have_are_left_out_and_the_transcript_goes_on() -> None:
    recorder = Recorder(0.0, Capture())
    here = Address("10.0.0.1", 5060)
    for far in (Address("2001:db8::1", 5060), Address("10.0.0.2", 5060)):
        recorder.sip(b"BYE sip:a SIP/2.0\r\n\r\n", here, far, 1.0, Way.OUT)
    assert len(recorder.entries) == 2
    assert [each.destination.host for each in read_pcap(gzip.decompress(recorder.packets()))] == ["10.0.0.2"]


def test_a_full_capture_takes_signalling_only(document: Path, tmp_path: Path) -> None:
    talk = over(Media.T38, document, tmp_path, Capture(most_octets=0))
    captured = read_pcap(recorded(talk))
    assert not of_media(captured)
    assert captured[-1].payload.startswith(b"SIP/2.0 200")


@pytest.mark.parametrize(
    ("offers", "use", "protocol"),
    [
        ({"caller": None, "callee": 0.3}, T38Use.ON, "t38"),
        ({"caller": 0.3, "callee": None}, T38Use.ON, "t38"),
        ({"caller": None, "callee": None}, T38Use.OFF, "rtp"),
    ],
    ids=["T.38, offered by them", "T.38, offered by us", "G.711"],
)
def test_tshark_understands_every_frame(
    offers: dict[str, float | None], use: T38Use, protocol: str, tmp_path: Path
) -> None:
    talk = Conversation(
        Plan(sending(text_fax(tmp_path / "text.tif", rows=100), paced=True), use, offers["caller"]),
        takes(Plan(receiving(tmp_path / "received.tif", paced=True), use, offers["callee"])),
        recorder=Recorder(0.0, Capture()),
    )
    file = tmp_path / "call.pcap.gz"
    file.write_bytes(gzip.compress(recorded(talk)))
    known = Counter({"sip": 0, "t38": 0, "rtp": 0})
    for protocols in tshark(file, "frame.number > 0"):
        known[next(name for name in reversed(protocols.split(":")) if name in known)] += 1
    assert sum(known.values()) == len(read_pcap(gzip.decompress(file.read_bytes())))
    assert known["sip"] >= 7
    assert known[protocol] > 50
    assert tshark(file, "_ws.malformed") == []


def tshark(file: Path, wanted: str) -> list[str]:
    """Return the protocols of the frames that are wanted.

    RTP that crosses an offer of T.38 would be read as T.38, were it not told otherwise.
    """
    options = ["-o", "t38.dissect_possible_rtpv2_packets_as_rtp:TRUE"]
    command = ["tshark", *options, "-r", str(file), "-Y", wanted, "-T", "fields", "-e", "frame.protocols"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=50).stdout.split()
