"""Whose media is listened to, and where ours goes: NATs are found through, and nobody else can take a call over."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.carrier import AUDIO, CARRIER, MEDIA, Carrier
from tests.faxes import text_fax
from tests.phones import sending
from tests.transports import Rtp
from unifax.line.plan import Plan
from unifax.wire._spandsp import lib
from unifax.wire.datagram import Address
from unifax.wire.g711 import Law
from unifax.wire.t30 import Terminal, TerminalOptions

NAMED, SIP_HOST = Address("192.168.1.5", 6000), "203.0.113.9"
BEHIND_NAT = Address(SIP_HOST, 40_000)
LATER = float(lib.FAR_SIDE_OTHER_PORT_SECONDS)


class FarSide:
    """What a terminal thinks of who sends to it."""

    def __init__(self, named: Address, now: float, sip_host: str) -> None:
        options = TerminalOptions(calling=True, station_id="", send=None, receive=Path("none.tif"))
        self._terminal = Terminal.over_t38(options)
        self._terminal.expect(named, sip_host, now)

    @property
    def address(self) -> Address | None:
        return self._terminal.far

    def sent(self, source: Address, now: float) -> bool:
        """Whether rubbish from there was read."""
        before = self._terminal.counters["rubbish"]
        self._terminal.receive(b"", source, now)
        return self._terminal.counters["rubbish"] > before


@pytest.fixture
def far() -> FarSide:
    return FarSide(NAMED, 0.0, SIP_HOST)


def test_the_address_that_it_names_is_heard_at_once(far: FarSide) -> None:
    assert far.sent(NAMED, 0.0)
    assert far.address == NAMED


def test_one_behind_a_nat_is_heard_after_a_while_and_answered_there(far: FarSide) -> None:
    assert not far.sent(BEHIND_NAT, 1.0)
    assert far.address == NAMED
    assert far.sent(BEHIND_NAT, LATER)
    assert far.address == BEHIND_NAT


def test_one_that_sends_from_another_port_is_answered_at_the_one_that_it_names(far: FarSide) -> None:
    assert far.sent(Address(NAMED.host, 6002), LATER)
    assert far.address == NAMED


def test_who_comes_second_takes_nothing_over(far: FarSide) -> None:
    assert far.sent(BEHIND_NAT, LATER)
    for stranger in (Address(SIP_HOST, 40_002), Address("198.51.100.6", 40_000), Address(NAMED.host, 6002)):
        assert not far.sent(stranger, LATER + 1)
    assert far.address == BEHIND_NAT


def test_the_address_that_it_names_counts_more_than_any_other(far: FarSide) -> None:
    assert far.sent(BEHIND_NAT, LATER)
    assert far.sent(NAMED, LATER + 1)
    assert far.address == NAMED
    assert not far.sent(BEHIND_NAT, LATER + 2)


hosts = st.sampled_from([NAMED.host, SIP_HOST, "198.51.100.6"])


@given(st.lists(st.tuples(hosts, st.sampled_from([6000, 40_000]), st.floats(0, 10))))
def test_a_host_that_neither_sdp_nor_sip_names_is_never_heard(datagrams: list[tuple[str, int, float]]) -> None:
    far = FarSide(NAMED, 0.0, SIP_HOST)
    for host, port, now in sorted(datagrams, key=lambda each: each[2]):
        source = Address(host, port)
        heard = far.sent(source, now)
        assert not heard or source.host in (NAMED.host, SIP_HOST)
        assert far.address in (NAMED, Address(SIP_HOST, 6000), BEHIND_NAT)


def test_a_call_finds_its_carrier_through_the_nat(tmp_path: Path) -> None:
    carrier = Carrier(Plan(sending(text_fax(tmp_path / "sent.tif"))))
    private = AUDIO.replace(MEDIA.host.encode(), b"192.168.1.5")
    carrier.answer(carrier.invite, 200, private)
    carrier.wait(1.0)
    assert {to.host for to in carrier.media_to} == {"192.168.1.5"}
    outside = Address(CARRIER.host, 40_000)
    packet = Rtp(Law(0), 1).encode(bytes(160))
    carrier.wait(2.5)
    carrier.media_to.clear()
    carrier.send_media(packet, Address("198.51.100.6", 40_000))
    carrier.send_media(packet, outside)
    carrier.wait(0.1)
    assert carrier.media_to == {outside}
