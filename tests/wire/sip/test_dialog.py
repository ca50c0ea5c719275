"""Dialogs: where requests within a call go, by routes loose and strict, and in which order they come."""

import pytest

from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address, Transport
from unifax.wire.sip.dialog import Dialog
from unifax.wire.sip.fields import NameAddr
from unifax.wire.sip.message import Headers, Request

SOURCE, OUTSIDE = Address("10.0.0.1", 5555), Address("203.0.113.9", 40_000)


def dialog(target: str = "sip:far@10.0.0.9", *routes: str) -> Dialog:
    return Dialog(
        call_id="call",
        local=NameAddr("sip:a@h", params=(("tag", "a"),)),
        remote=NameAddr("sip:b@h", params=(("tag", "b"),)),
        target=target,
        routes=routes,
        source=SOURCE,
        cseq=7,
    )


def info(cseq: int, *fields: tuple[str, str]) -> Request:
    return Request("INFO", "sip:a@h", headers=Headers.of(("CSeq", f"{cseq} INFO"), *fields))


@pytest.mark.parametrize(
    ("target", "routes", "uri", "written", "hop"),
    [
        ("sip:far@10.0.0.9:7000", (), "sip:far@10.0.0.9:7000", [], Address("10.0.0.9", 7000)),
        ("sip:far@10.0.0.9", (), "sip:far@10.0.0.9", [], Address("10.0.0.9", 5060)),
        ("sip:far@[2001:db8::9]", (), "sip:far@[2001:db8::9]", [], Address("2001:db8::9", 5060)),
        ("sip:far@pbx1.example.com", (), "sip:far@pbx1.example.com", [], SOURCE),
        ("sip:far@999.1.1.1", (), "sip:far@999.1.1.1", [], SOURCE),
        ("tel:+49", (), "tel:+49", [], SOURCE),
        (
            "sip:far@10.0.0.9",
            ("<sip:10.0.0.7:5070;lr>", "<sip:10.0.0.8;lr>"),
            "sip:far@10.0.0.9",
            ["<sip:10.0.0.7:5070;lr>", "<sip:10.0.0.8;lr>"],
            Address("10.0.0.7", 5070),
        ),
        (
            "sip:far@10.0.0.9",
            ("<sip:10.0.0.7>", "<sip:10.0.0.8;lr>"),
            "sip:10.0.0.7",
            ["<sip:10.0.0.8;lr>", "<sip:far@10.0.0.9>"],
            Address("10.0.0.7", 5060),
        ),
    ],
)
def test_the_way_of_a_request(target: str, routes: tuple[str, ...], uri: str, written: list[str], hop: Address) -> None:
    within = dialog(target, *routes)
    request = within.request("BYE", "SIP/2.0/UDP h;branch=z9hG4bK1")
    assert request.uri == uri
    assert request.headers.all("Route") == written
    assert within.next_hop() == hop


@pytest.mark.parametrize(
    ("target", "source", "hop"),
    [
        ("sip:far@192.168.1.5:5060", OUTSIDE, OUTSIDE),
        ("sip:far@100.64.3.2", OUTSIDE, OUTSIDE),
        ("sip:far@[fd00::5]", Address("2001:db8::9", 5060), Address("2001:db8::9", 5060)),
        ("sip:far@192.168.1.5:5070", SOURCE, Address("192.168.1.5", 5070)),
        ("sip:far@198.51.100.7:5070", OUTSIDE, Address("198.51.100.7", 5070)),
        ("sip:far@198.51.100.7:5070", SOURCE, Address("198.51.100.7", 5070)),
        ("sip:far@[fd00::5]", OUTSIDE, OUTSIDE),
    ],
)
def test_one_who_names_an_inner_address_from_outside_is_reached_where_he_came_from(
    target: str, source: Address, hop: Address
) -> None:
    within = dialog(target)
    within.source = source
    assert within.next_hop() == hop


def test_requests_are_counted_and_an_ack_is_not() -> None:
    within = dialog()
    numbers = [within.request("INFO", "v").cseq.number for _ in range(2)]
    assert [*numbers, within.request("ACK", "v", cseq=1).cseq.number, within.cseq] == [8, 9, 1, 9]


def test_older_requests_are_out_of_order_and_gaps_are_not() -> None:
    within = dialog()
    assert [within.in_order(info(cseq)) for cseq in (0, 5, 5, 4, 9, 8)] == [True, True, True, False, True, False]


def test_a_new_contact_moves_the_target_and_a_broken_one_does_not() -> None:
    within = dialog()
    within.refresh(info(1, ("Contact", "<sip:new@10.0.0.3?subject=x>")))
    assert within.target == "sip:new@10.0.0.3"
    within.refresh(info(2, ("Contact", "<sip:>")))
    within.refresh(info(3))
    assert within.target == "sip:new@10.0.0.3"


def test_routes_that_mean_nothing_make_no_dialog() -> None:
    with pytest.raises(ProtocolError):
        dialog("sip:far@10.0.0.9", "<sip:10.0.0.7")


TCP, TLS = Transport.TCP, Transport.TLS


@pytest.mark.parametrize(
    ("source", "target", "hop"),
    [
        (TCP, "sip:far@198.51.100.9;transport=TCP", Address("198.51.100.9", 5060, TCP)),
        (TCP, "sip:far@198.51.100.9", Address("198.51.100.9", 5060)),
        (TCP, "sip:far@192.0.2.1", Address("192.0.2.1", 5555, TCP)),
        (TCP, "sip:far@192.0.2.1;transport=udp", Address("192.0.2.1", 5060)),
        (TCP, "sip:far@gateway.example;transport=tcp", Address("192.0.2.1", 5555, TCP)),
        (TLS, "sip:far@198.51.100.9;transport=tls", Address("192.0.2.1", 5555, TLS)),
        (TLS, "sip:far@198.51.100.9", Address("192.0.2.1", 5555, TLS)),
    ],
)
def test_a_call_over_a_connection_stays_on_it_unless_its_contact_says_otherwise(
    source: Transport, target: str, hop: Address
) -> None:
    within = dialog(target)
    within.source = Address("192.0.2.1", 5555, source)
    assert within.next_hop() == hop
