"""The life of a leg, as a table: where it stands, what can happen to it, and what becomes of it then.

Everything that moves a leg is here; what it does on the way is in `leg`.
"""

from collections.abc import Mapping
from enum import StrEnum


class Phase(StrEnum):
    """Where a leg stands. While one waits for people (ringing, invited, talking) its owner sets the deadline."""

    CALLING = "calling"
    RINGING = "ringing"
    "A provisional answer came."
    CANCELLING = "cancelling"
    "We want out, before or after CANCEL could be sent; the answer to INVITE is awaited."
    INVITED = "invited"
    ANSWERED = "answered"
    "We took the call; no ACK yet."
    HANGING_UP = "hanging up"
    "We want out, but may not say BYE before the ACK (RFC 3261 15)."
    TALKING = "talking"
    LEAVING = "leaving"
    "BYE is sent."
    OVER = "over"


class Sign(StrEnum):
    """What can happen to a leg."""

    RANG = "1xx"
    ACCEPTED = "2xx"
    REJECTED = "3xx to 6xx, or nothing"
    CANCEL = "we cancel"
    GIVEN_UP = "CANCEL has no effect"
    ANSWER = "we answer"
    REFUSE = "we refuse"
    ACKED = "ACK"
    UNACKED = "no ACK"
    BYE = "we hang up"
    PARTED = "BYE is finished"
    FAR_CANCEL = "CANCEL"
    FAR_BYE = "BYE"
    LOST = "481 or 408"


P, S = Phase, Sign
MOVES: Mapping[tuple[Phase, Sign], Phase] = {
    (P.CALLING, S.RANG): P.RINGING,
    (P.CALLING, S.ACCEPTED): P.TALKING,
    (P.CALLING, S.REJECTED): P.OVER,
    (P.CALLING, S.CANCEL): P.CANCELLING,  # CANCEL itself waits for a provisional answer (RFC 3261 9.1)
    (P.RINGING, S.RANG): P.RINGING,
    (P.RINGING, S.ACCEPTED): P.TALKING,
    (P.RINGING, S.REJECTED): P.OVER,
    (P.RINGING, S.CANCEL): P.CANCELLING,
    (P.CANCELLING, S.RANG): P.CANCELLING,
    (P.CANCELLING, S.ACCEPTED): P.LEAVING,  # their answer crossed our CANCEL
    (P.CANCELLING, S.REJECTED): P.OVER,
    (P.CANCELLING, S.GIVEN_UP): P.OVER,
    (P.INVITED, S.ANSWER): P.ANSWERED,
    (P.INVITED, S.REFUSE): P.OVER,
    (P.INVITED, S.FAR_CANCEL): P.OVER,
    (P.INVITED, S.FAR_BYE): P.OVER,
    (P.ANSWERED, S.ACKED): P.TALKING,
    (P.ANSWERED, S.UNACKED): P.OVER,
    (P.ANSWERED, S.BYE): P.HANGING_UP,
    (P.ANSWERED, S.FAR_BYE): P.OVER,
    (P.HANGING_UP, S.ACKED): P.LEAVING,
    (P.HANGING_UP, S.UNACKED): P.LEAVING,
    (P.HANGING_UP, S.FAR_BYE): P.OVER,
    (P.TALKING, S.UNACKED): P.OVER,  # after a re-INVITE
    (P.TALKING, S.BYE): P.LEAVING,
    (P.TALKING, S.FAR_BYE): P.OVER,
    (P.TALKING, S.LOST): P.OVER,
    (P.LEAVING, S.PARTED): P.OVER,
}
"A sign that is not here changes nothing: news and commands cross each other."
