"""What can happen to a leg. The last event of a leg is one of Refused, Ended and Closed, and nothing comes after it.

A leg that we refuse ourselves has no last event: its owner knows.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unifax.wire.datagram import Address

if TYPE_CHECKING:
    from unifax.wire.sip.leg import Leg


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody calls us: ring, answer or refuse."""

    leg: "Leg"
    caller: str
    "The user part of From, as people write it: `0003*210`. May be empty."
    called: str
    "The user part of the Request-URI: the number that was dialled."
    sdp: bytes
    "Their offer; empty when they want ours in the answer (their answer then comes as OfferAccepted)."
    source: Address
    "Where the INVITE came from."
    invite: bytes
    "The INVITE itself."


@dataclass(frozen=True, slots=True)
class Progress:
    """A provisional answer to our INVITE; 100 too."""

    leg: "Leg"
    status: int
    sdp: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """They took our call."""

    leg: "Leg"
    sdp: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """Our call did not come about."""

    leg: "Leg"
    status: int
    "300 to 699; 408 also when nobody answered at all, 487 after our cancel."
    reason_text: str
    q850: int | None
    retry_after: int | None
    "Seconds."


@dataclass(frozen=True, slots=True)
class Offered:
    """They want other media: accept or decline."""

    leg: "Leg"
    sdp: bytes


@dataclass(frozen=True, slots=True)
class OfferAccepted:
    """They took our offer."""

    leg: "Leg"
    sdp: bytes


@dataclass(frozen=True, slots=True)
class OfferRefused:
    """They did not take our offer; everything stays as it was. 491: both offered at once, so try again later. 408:
    they did not answer at all.
    """

    leg: "Leg"
    status: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The far side hung up, withdrew its call, or no longer knows of it."""

    leg: "Leg"
    q850: int | None


@dataclass(frozen=True, slots=True)
class Closed:
    """Our BYE or CANCEL is finished: answered, or nobody is there to answer it."""

    leg: "Leg"


Event = Invited | Progress | Answered | Refused | Offered | OfferAccepted | OfferRefused | Ended | Closed
