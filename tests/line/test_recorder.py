"""The flight recorder: what a transcript says of whole calls."""

from pathlib import Path

import pytest

from tests.faxes import dense_page, text_fax, write_fax
from tests.phones import Conversation, only_rings, receiving, refuses, sending, takes
from unifax.line import recorder as recording
from unifax.line.plan import Plan
from unifax.line.recorder import Recorder
from unifax.model.call import T38Use
from unifax.model.outcome import Outcome
from unifax.model.transcript import Layer, Way
from unifax.wire.datagram import Address

FAR = Address("10.0.0.2", 5060)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return text_fax(tmp_path / "sent.tif", pages=2)


@pytest.fixture
def received(tmp_path: Path) -> Path:
    return tmp_path / "received.tif"


def told(talk: Conversation, layer: Layer) -> list[str]:
    """Return the first lines of a layer, with arrows."""
    arrows = {Way.IN: "< ", Way.OUT: "> ", None: ""}
    entries = [entry for entry in talk.recorder.entries if entry.layer is layer]
    return [arrows[entry.way] + entry.text.split("\n")[0] for entry in entries]


def in_this_order(wanted: list[str], lines: list[str]) -> bool:
    rest = iter(lines)
    return all(any(line.startswith(each) for line in rest) for each in wanted)


def totals(talk: Conversation) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entry in talk.recorder.entries:
        for name, count in entry.counts.items():
            counts[name] = counts.get(name, 0) + count
    return counts


def test_a_fax_over_t38_is_told_in_all_layers(document: Path, received: Path) -> None:
    talk = Conversation(Plan(sending(document)), takes(Plan(receiving(received), offer_after_seconds=0.3)))
    talk.run()
    assert told(talk, Layer.SIP) == [
        "> INVITE sip:7778888@10.0.0.2:5060",
        "< 100 Trying",
        "< 180 Ringing",
        "< 200 OK",
        "> ACK sip:7778888@10.0.0.2:5060",
        "< INVITE sip:0003%2A210@10.0.0.1:5060",
        "> 100 Trying",
        "> 200 OK",
        "< ACK sip:0003%2A210@10.0.0.1:5060",
        "> BYE sip:7778888@10.0.0.2:5060",
        "< BYE sip:0003%2A210@10.0.0.1:5060",
        "> 200 OK",
        "< 200 OK",
    ]
    assert in_this_order(
        [
            "< DIS: what the called machine can do: V.27ter, V.29, V.17, error correction, MR, MMR, fine, superfine, ",
            "> DCS: how the pages will be sent: 14400 bit/s (V.17), error correction, MMR, fine, pages 215 mm wide",
            "< CFR: the training was good: send",
            "trained with '+49 7778888': 14400 bit/s, with error correction, MMR",
            "page 1 begins",
            "> PPS-MPS",
            "< MCF: the page was received",
            "page 1 is confirmed (MCF), at 14400 bit/s",
            "> PPS-EOP",
            "page 2 is confirmed",
            "> DCN: goodbye",
            "T.30 has ended, code 0: OK",
        ],
        told(talk, Layer.T30),
    )
    assert in_this_order(
        ["now dialling", "now talking, after 0.04 s of dialling", "now faxing, after 0.3", "now closing", "now over"],
        told(talk, Layer.CALL),
    )
    assert told(talk, Layer.MEDIA)[0] == "G.711 over RTP with 10.0.0.2:4000"
    assert "T.38 over UDPTL with 10.0.0.2:4000" in told(talk, Layer.MEDIA)
    result = next(entry.text for entry in talk.recorder.entries if entry.text.startswith("result"))
    assert result == (
        "result: sent: every page was confirmed by the far machine\n"
        "because: 2 pages confirmed in this call; T.30 code 0 (OK); T.38 over UDPTL"
    )
    moments = [entry.at for entry in talk.recorder.entries]
    assert moments == sorted(moments)


def test_a_session_description_stands_in_its_message(document: Path) -> None:
    talk = Conversation(Plan(sending(document)), refuses(486, 60))
    talk.run()
    first, *_ = [entry.text for entry in talk.recorder.entries if entry.layer is Layer.SIP]
    assert "(to 10.0.0.2:5060)" in first
    assert "m=audio 4000 RTP/AVP 0 8" in first


def test_a_refusal_is_told_with_its_reason_and_the_last_acknowledgement(document: Path) -> None:
    talk = Conversation(Plan(sending(document)), refuses(486, 60))
    talk.run()
    assert "because: 0 pages confirmed in this call; SIP 486 Busy Here" in talk.recorder.entries[-2].text
    assert told(talk, Layer.SIP)[-1].startswith("> ACK")
    assert "Retry-After: 60" in "\n".join(entry.text for entry in talk.recorder.entries)


def test_messages_sent_again_are_told_again(document: Path) -> None:
    talk = Conversation(
        Plan(sending(document), ring_seconds=3.0),
        only_rings,
        lose=lambda sent: sent.at < 1.2 and sent.data.startswith(b"INVITE"),
    )
    talk.run()
    lines = told(talk, Layer.SIP)
    assert [line[:8] for line in lines].count("> INVITE") == 3
    assert in_this_order(["< 180", "> CANCEL", "< 487", "> ACK"], lines)


def test_what_was_lost_and_what_came_back_is_counted(tmp_path: Path, received: Path) -> None:
    document = write_fax(tmp_path / "dense.tif", [dense_page(1, 600)])
    talk = Conversation(
        Plan(sending(document, paced=True)),
        takes(Plan(receiving(received, paced=True), offer_after_seconds=0.3)),
        loss=0.05,
    )
    report = talk.run()
    assert report is not None
    assert report.outcome is Outcome.SENT
    counts = totals(talk)
    assert counts["recovered"] > 0
    assert counts["lost"] == 0
    answered_at, over_at = [
        entry.at for entry in talk.recorder.entries if entry.text.startswith(("now talking", "now over"))
    ]
    arrived = [
        sent
        for sent in talk.link.sent
        if not sent.lost
        and sent.destination == talk.caller.media
        and answered_at <= sent.at + talk.link.delay <= over_at
    ]
    left = [sent for sent in talk.link.sent if sent.source == talk.caller.media]
    assert (counts["came"], counts["sent"]) == (len(arrived), len(left))
    told_at_once = [line for line in told(talk, Layer.MEDIA) if line.startswith("< recovered")]
    assert sum(int(line.split()[2].rstrip(",")) for line in told_at_once) == counts["recovered"]


def test_a_fax_in_audio_is_told_with_what_had_to_be_filled_in(document: Path, received: Path) -> None:
    talk = Conversation(
        Plan(sending(document), t38=T38Use.OFF), takes(Plan(receiving(received), t38=T38Use.OFF)), loss=0.002
    )
    talk.run()
    counts = totals(talk)
    assert counts["played"] > 500
    assert counts["repeated"] > 0
    assert "received" not in counts
    assert "T.38 over UDPTL" not in "".join(told(talk, Layer.MEDIA))


def test_a_call_without_end_is_kept_by_its_beginning_and_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "FIRST_ENTRIES", 5)
    recorder = Recorder(0.0)
    for number in range(2000):
        recorder.sip(b"OPTIONS sip:%d SIP/2.0\r\n\r\n" % number, FAR, FAR, float(number), Way.IN)
    texts = [entry.text.split("\n")[0] for entry in recorder.entries]
    assert len(texts) == 5 + 1 + recording.LAST_ENTRIES
    assert texts[4:7] == ["OPTIONS sip:4", "… 995 entries are left out here …", "OPTIONS sip:1000"]
    assert texts[-1] == "OPTIONS sip:1999"


class Broken(Recorder):
    """A bug of ours, in the middle of a call."""

    def _note(self, *args: object, **kwargs: object) -> None:
        raise ArithmeticError


def test_a_recorder_that_breaks_is_no_matter_of_its_call(
    document: Path, received: Path, caplog: pytest.LogCaptureFixture
) -> None:
    talk = Conversation(Plan(sending(document)), takes(Plan(receiving(received))), recorder=Broken(0.0))
    report = talk.run()
    assert report is not None
    assert report.outcome is Outcome.SENT
    assert [record.getMessage().split(" of ")[0] for record in caplog.records] == ["the recorder"]
    assert talk.caller.station.errors == 0
