"""A call's media port: both transports carry a fax and drop rubbish, and the far side is known by its address."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faxes import text_fax
from tests.line.test_far_side import FarSide
from tests.terminals import receives, sends
from unifax.line.media import MediaTerms, law_of
from unifax.model.call import Media
from unifax.wire._spandsp import lib
from unifax.wire.datagram import Address
from unifax.wire.g711 import Law
from unifax.wire.rtp import RtpPacket
from unifax.wire.t30 import Terminal

OTHER_PORT_SECONDS = lib.FAR_SIDE_OTHER_PORT_SECONDS
NAMED, OTHER = Address("192.0.2.1", 4000), Address("192.0.2.1", 4002)
THIRD, STRANGER = Address("192.0.2.1", 4004), Address("192.0.2.2", 4000)
SIP = "192.0.2.9"


class TestWhoTheFarSideIs:
    def test_its_port_is_listened_to_at_once_and_for_good(self) -> None:
        far = FarSide(NAMED, 10.0, SIP)
        assert far.sent(NAMED, 10.0)
        assert not far.sent(OTHER, 10.0 + OTHER_PORT_SECONDS)
        assert far.sent(NAMED, 99.0)

    def test_another_port_of_its_host_is_taken_when_nothing_comes_from_its_own(self) -> None:
        far = FarSide(NAMED, 10.0, SIP)
        assert not far.sent(OTHER, 9.9 + OTHER_PORT_SECONDS)
        assert far.sent(OTHER, 10.0 + OTHER_PORT_SECONDS)
        assert not far.sent(THIRD, 20.0)
        assert far.sent(OTHER, 20.0)

    def test_its_own_port_is_better_than_another(self) -> None:
        far = FarSide(NAMED, 10.0, SIP)
        assert far.sent(OTHER, 15.0)
        assert far.sent(NAMED, 16.0)
        assert not far.sent(OTHER, 17.0)

    def test_behind_a_nat_its_media_come_from_where_its_sip_comes_from_and_ours_go_back_there(self) -> None:
        far = FarSide(NAMED, 10.0, SIP)
        assert far.address == NAMED
        assert far.sent(Address(SIP, 4010), 15.0)
        assert far.address == Address(SIP, 4010)
        assert not far.sent(Address(SIP, 4012), 16.0)

    @given(st.integers(1, 65535), st.floats(0, 1000))
    def test_another_host_never_is(self, port: int, now: float) -> None:
        assert not FarSide(NAMED, 0.0, SIP).sent(STRANGER._replace(port=port), now)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return text_fax(tmp_path / "sent.tif", rows=50)


@pytest.fixture(params=list(Media))
def terminal(request: pytest.FixtureRequest, document: Path) -> Terminal:
    if request.param is Media.T38:
        return MediaTerms().over_t38(sends(document), 1400)
    return Terminal.in_audio(sends(document), Law.MU, 1)


def test_time_makes_datagrams(terminal: Terminal) -> None:
    terminal.wake(0.0)
    sent = []
    for tick in range(1, 51):
        terminal.wake(tick * 0.02)
        sent += terminal.datagrams_to_send()
    assert sent
    assert terminal.datagrams_to_send() == []
    if terminal.kind is Media.G711:
        assert len(sent) == pytest.approx(50, abs=1)


@pytest.mark.parametrize("rubbish", [b"", b"\x00", b"\x00\x01\xff", b"\x40" * 200])
def test_rubbish_is_counted_and_keeps_no_fax_alive(rubbish: bytes, terminal: Terminal) -> None:
    terminal.expect(NAMED, SIP, 0.0)
    for second in range(80):
        terminal.receive(rubbish, NAMED, float(second))
        terminal.wake(float(second))
    assert terminal.counters["rubbish"] == 80
    if terminal.kind is Media.G711:
        assert terminal.next_wake() is None


def test_audio_of_another_law_is_not_heard(document: Path) -> None:
    terminal = Terminal.in_audio(receives(document.with_name("received.tif")), Law.MU, 1)
    terminal.expect(NAMED, SIP, 0.0)
    terminal.receive(bytes(RtpPacket(Law.A.payload_type, 0, 0, 7, Law.A.silence)), NAMED, 0.0)
    assert (terminal.counters["ignored"], terminal.counters["rubbish"]) == (1, 0)


@pytest.mark.parametrize("law", list(Law))
def test_a_law_is_known_by_its_payload_type(law: Law) -> None:
    assert law_of(str(law.payload_type)) is law
