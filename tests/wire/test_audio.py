"""A fax in audio between two terminals: every coding and modem, bad lines, foreign clocks, and a stop in time."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faxes import dense_page, same_pages, text_fax, write_fax
from tests.link import Link
from tests.terminals import HERE, THERE, AudioEnd, receives, sends
from tests.transports import Rtp
from unifax.model.manner import Modem
from unifax.wire._spandsp import lib
from unifax.wire.g711 import FRAME_OCTETS, Law
from unifax.wire.rtp import RtpPacket
from unifax.wire.t30 import Finished, Frame, Negotiated, Terminal, TerminalOptions


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return text_fax(tmp_path / "sent.tif", rows=150)


@pytest.fixture
def received(tmp_path: Path) -> Path:
    return tmp_path / "received.tif"


class AudioCall:
    """A sender, a receiver whose clock may go wrong, and the network between them."""

    def __init__(
        self,
        sender: TerminalOptions,
        receiver: TerminalOptions,
        *,
        law: Law = Law.A,
        ppm: float = 0.0,
        jitter: float = 0.0,
        duplicate: float = 0.0,
    ) -> None:
        self.sender = AudioEnd(sender, THERE, law, 1)
        self.receiver = AudioEnd(receiver, HERE, law, 2, 1 + ppm / 1e6)
        self.link = Link(self.sender, HERE, self.receiver, THERE, random.Random(1), jitter=jitter, duplicate=duplicate)

    def run(self) -> None:
        assert self.link.run(600, lambda: bool(self.sender.finished and self.receiver.finished))


@pytest.mark.parametrize("law", list(Law), ids=lambda law: law.name)
@pytest.mark.parametrize("ecm", [True, False], ids=["ECM", "no ECM"])
def test_a_page_arrives_as_it_was_sent(law: Law, ecm: bool, document: Path, received: Path) -> None:
    call = AudioCall(sends(document), receives(received, ecm=ecm), law=law)
    call.run()
    assert call.sender.terminal.all_confirmed
    assert [event.ecm for event in call.sender.all(Negotiated)] == [ecm]
    assert same_pages(document, received)


@pytest.mark.parametrize("modem", list(Modem))
def test_every_modem_is_understood(modem: Modem, document: Path, received: Path) -> None:
    call = AudioCall(sends(document), replace(receives(received), modem=modem))
    call.run()
    assert [event.bits_per_second for event in call.sender.all(Negotiated)] == [modem.bits_per_second]
    assert same_pages(document, received)


@pytest.mark.parametrize("ppm", [-200, -100, 100, 200])
def test_a_clock_that_goes_wrong_costs_a_long_page_no_pixel(ppm: int, tmp_path: Path, received: Path) -> None:
    """Two minutes, over jitter, with not one part of it sent twice."""
    document = write_fax(tmp_path / "sent.tif", [dense_page(1, rows=1000)])
    call = AudioCall(sends(document), receives(received), ppm=ppm, jitter=0.03)
    call.run()
    assert call.link.now > 120
    assert (True, "PPR") not in [(frame.outgoing, frame.name) for frame in call.receiver.all(Frame)]
    assert same_pages(document, received)


def test_reordered_and_repeated_packets_cost_no_pixel(document: Path, received: Path) -> None:
    call = AudioCall(sends(document), receives(received), jitter=0.05, duplicate=0.3)
    call.run()
    assert (True, "PPR") not in [(frame.outgoing, frame.name) for frame in call.receiver.all(Frame)]
    assert same_pages(document, received)


def test_a_frame_goes_out_for_each_20_ms_and_after_a_stall_no_more_than_that_was_worth(document: Path) -> None:
    with Terminal.in_audio(sends(document), Law.MU, 1) as terminal:
        terminal.wake(100.0)
        assert terminal.datagrams_to_send() == []
        terminal.wake(101.0)
        frames = [RtpPacket.parse(data).payload for data in terminal.datagrams_to_send()]
        assert len(frames) == lib.MEDIA_MOST_BEHIND
        assert {len(frame) for frame in frames} == {FRAME_OCTETS}
        assert terminal.next_wake() == pytest.approx(101.02)


def test_whoever_hears_nothing_for_too_long_ends(document: Path) -> None:
    with Terminal.in_audio(sends(document), Law.MU, 1) as terminal:
        for tick in range(4000):
            terminal.wake(tick * 0.02)
        assert any(isinstance(event, Finished) for event in terminal.events())
        assert terminal.next_wake() is None


@pytest.mark.parametrize("seed", range(3))
def test_no_noise_crashes_a_terminal(seed: int, received: Path) -> None:
    rng, far = random.Random(seed), Rtp(Law.A, 2)
    with Terminal.in_audio(receives(received), Law.A, 1) as terminal:
        terminal.expect(THERE, THERE.host, 0.0)
        for tick in range(2000):
            terminal.wake(tick * 0.02)
            assert all(len(data) == 12 + FRAME_OCTETS for data in terminal.datagrams_to_send())
            terminal.receive(far.encode(rng.randbytes(FRAME_OCTETS)), THERE, tick * 0.02)
        assert terminal.counters["played"] > 1900
        terminal.hang_up(40.0)
        assert isinstance(terminal.events()[-1], Finished)


def test_a_closed_terminal_says_nothing(document: Path) -> None:
    terminal = Terminal.in_audio(sends(document), Law.MU, 1)
    terminal.wake(0.0)
    terminal.close()
    terminal.wake(1.0)
    assert terminal.datagrams_to_send() == []
    assert terminal.next_wake() is None
