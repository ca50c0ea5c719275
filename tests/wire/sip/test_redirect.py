"""Redirections: followed within the trunk and for the number that was dialled, and never to where a stranger wants."""

import pytest

from tests.wire.sip.far_side import THEM, US, FarSide, words
from tests.wire.sip.phones import word
from unifax.wire.datagram import Address, Transport
from unifax.wire.sip import agent as sip
from unifax.wire.sip.fields import Uri
from unifax.wire.sip.message import Headers, Request, Response
from unifax.wire.sip.redirect import TIMES, contact_to_follow

OTHER = Address("10.0.0.8", 5080)


def call(far: FarSide) -> tuple[sip.Leg, Request]:
    """Let our agent call a number at a trunk of two servers."""
    leg = far.agent.invite(
        to=f"sip:+4930123@{THEM}",
        from_=f"sip:210@{US}",
        sdp=b"audio",
        destination=THEM,
        now=far.now,
        hosts=[OTHER.host],
    )
    (invite,) = far.take()
    assert isinstance(invite, Request)
    return leg, invite


def test_another_server_of_the_trunk_is_asked_in_the_same_call() -> None:
    far = FarSide()
    leg, invite = call(far)
    ack, again = far.answer(invite, 302, ("Contact", f"<sip:+4930123@{OTHER}?Subject=x>"))
    assert isinstance(again, Request)
    assert (words([ack]), again.uri, far.datagrams[1].destination) == (["ACK"], f"sip:+4930123@{OTHER}", OTHER)
    assert (again.call_id, again.from_, str(again.cseq)) == (leg.call_id, invite.from_, "2 INVITE")
    assert again.to.uri == invite.to.uri  # RFC 3261 8.1.3.4
    assert words(far.answer(again, 200, tag="other", body=b"audio of theirs")) == ["ACK"]
    assert [word(event) for event in far.agent.events()] == ["Answered audio of theirs"]


@pytest.mark.parametrize(
    ("transport", "contact", "hop"),
    [
        (Transport.TCP, "10.0.0.8:5080", Address("10.0.0.8", 5080, Transport.TCP)),
        (Transport.TCP, "10.0.0.8:5080;transport=UDP", Address("10.0.0.8", 5080)),
        (Transport.UDP, "10.0.0.8;transport=tcp", Address("10.0.0.8", 5060, Transport.TCP)),
        (Transport.TLS, "10.0.0.8;transport=udp", Address(*THEM[:2], Transport.TLS, "sip.example.com")),
    ],
)
def test_a_redirection_keeps_the_transport_unless_it_names_another_and_never_leaves_tls(
    transport: Transport, contact: str, hop: Address
) -> None:
    far = FarSide()
    destination = Address(*THEM[:2], transport, "sip.example.com" if transport is Transport.TLS else "")
    to, from_ = f"sip:+4930123@{THEM}", f"sip:210@{US}"
    far.agent.invite(to=to, from_=from_, sdp=b"audio", destination=destination, now=far.now, hosts=[OTHER.host])
    (invite,) = far.take()
    far.answer(invite, 302, ("Contact", f"<sip:+4930123@{contact}>"))
    assert far.datagrams[-1].destination == hop


def test_that_goes_on_for_ever_is_not_followed_for_ever() -> None:
    far = FarSide()
    _, invite = call(far)
    for _ in range(TIMES):
        _, invite = far.answer(invite, 301, ("Contact", f"<sip:+4930123@{THEM}>"))  # type: ignore[assignment]
    assert words(far.answer(invite, 302, ("Contact", f"<sip:+4930123@{THEM}>"))) == ["ACK"]
    assert [word(event) for event in far.agent.events()] == ["Refused 302"]


def test_a_cancelled_call_goes_nowhere_else() -> None:
    far = FarSide()
    leg, invite = call(far)
    far.answer(invite, 100)
    leg.cancel(far.now)
    assert words(far.answer(invite, 302, ("Contact", f"<sip:+4930123@{THEM}>"))) == ["CANCEL", "ACK"]
    assert [word(event) for event in far.agent.events()] == ["Progress 100", "Refused 302"]


@pytest.mark.parametrize(
    ("status", "contacts", "followed"),
    [
        (302, ["<sip:+4930123@10.0.0.8>;q=0.3, <sip:0@10.0.0.8>", "<sip:4930123@10.0.0.9:5070>;q=0.7"], "10.0.0.9"),
        (302, ["sip:+49-30-123@10.0.0.8"], "10.0.0.8"),
        (300, ["<sip:+4930123;npdi;rn=+49@10.0.0.8;user=phone>;q=never"], "10.0.0.8"),
        (302, ["<sip:+4930123@SIP.example.com>"], "SIP.example.com"),
        (302, ["<sip:+4930123@192.0.2.66>"], None),  # a host that is none of ours
        (302, ["<sip:+190012345@10.0.0.8>"], None),  # a number that nobody dialled
        (302, ["<sip:10.0.0.8>"], None),
        (302, ["<sips:+4930123@10.0.0.8>", "<tel:+4930123>", "<mailto:fax@10.0.0.8>", '"broken <sip:1@10.0.0.8'], None),
        (302, [], None),
        (480, ["<sip:+4930123@10.0.0.8>"], None),
        (200, ["<sip:+4930123@10.0.0.8>"], None),
    ],
)
def test_what_is_followed(status: int, contacts: list[str], followed: str | None) -> None:
    response = Response(
        status, headers=Headers.of(*(("Contact", each) for text in contacts for each in text.split(", ")))
    )
    uri = contact_to_follow(response, Uri.parse("sip:+4930123@10.0.0.9"), ["10.0.0.9", "10.0.0.8", "sip.Example.com"])
    assert (None if uri is None else uri.host) == followed
