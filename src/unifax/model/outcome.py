"""How one call went: one closed list, what each entry means, and the codes of SIP, Q.850 and T.30 that lead to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a call ended. The names are stable: Apps may rely on them."""

    SENT = "sent"
    UNCERTAIN = "uncertain"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    NO_SUCH_NUMBER = "no_such_number"
    UNAVAILABLE = "unavailable"
    CONGESTION = "congestion"
    NO_ROUTE = "no_route"
    UNREACHABLE = "unreachable"
    NOT_AUTHORIZED = "not_authorized"
    T38_REFUSED = "t38_refused"
    NOT_A_FAX = "not_a_fax"
    DROPPED = "dropped"
    PAGE_REFUSED = "page_refused"
    PROTOCOL = "protocol"
    INCOMPATIBLE = "incompatible"
    DOCUMENT = "document"
    NOT_UPLOADED = "not_uploaded"
    EXPIRED = "expired"
    LOST = "lost"
    CANCELLED = "cancelled"


class Fault(StrEnum):
    """Whose fault it was."""

    NOBODY = "nobody"
    CALLER = "caller"
    OURS = "ours"
    CARRIER = "carrier"
    CALLEE = "callee"


class Again(StrEnum):
    """Whether calling again can help, and which pause of the retry policy applies."""

    NEVER = "never"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DROPPED = "dropped"
    PROTOCOL = "protocol"
    CONGESTION = "congestion"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an outcome means to those who must act on it."""

    text: str
    fault: Fault
    again: Again


MEANING: Mapping[Outcome, Meaning] = {
    Outcome.SENT: Meaning("every page was confirmed by the far machine", Fault.NOBODY, Again.NEVER),
    Outcome.UNCERTAIN: Meaning(
        "the last page went out but its confirmation was lost; it may have arrived",
        Fault.CARRIER,
        Again.NEVER,
    ),
    Outcome.BUSY: Meaning("the number is busy", Fault.CALLEE, Again.BUSY),
    Outcome.NO_ANSWER: Meaning("nobody answered", Fault.CALLEE, Again.NO_ANSWER),
    Outcome.REFUSED: Meaning("the call was declined", Fault.CALLEE, Again.NEVER),
    Outcome.NO_SUCH_NUMBER: Meaning("the number does not exist", Fault.CALLER, Again.NEVER),
    Outcome.UNAVAILABLE: Meaning("the number cannot be reached now", Fault.CALLEE, Again.NO_ANSWER),
    Outcome.CONGESTION: Meaning("the trunk has no free channel", Fault.CARRIER, Again.CONGESTION),
    Outcome.NO_ROUTE: Meaning("no trunk reaches this number", Fault.OURS, Again.NEVER),
    Outcome.UNREACHABLE: Meaning("the trunk does not answer", Fault.CARRIER, Again.CONGESTION),
    Outcome.NOT_AUTHORIZED: Meaning("the trunk does not let us call", Fault.OURS, Again.NEVER),
    Outcome.T38_REFUSED: Meaning("the far side refuses T.38, and the trunk takes no other", Fault.CALLEE, Again.NEVER),
    Outcome.NOT_A_FAX: Meaning("answered, but not by a fax machine", Fault.CALLEE, Again.NO_ANSWER),
    Outcome.DROPPED: Meaning("the call was cut off", Fault.CARRIER, Again.DROPPED),
    Outcome.PAGE_REFUSED: Meaning("the far machine could not read a page", Fault.CARRIER, Again.PROTOCOL),
    Outcome.PROTOCOL: Meaning("the machines did not understand each other", Fault.CARRIER, Again.PROTOCOL),
    Outcome.INCOMPATIBLE: Meaning("the far machine cannot take this fax", Fault.CALLEE, Again.NEVER),
    Outcome.DOCUMENT: Meaning("the document could not be made into pages", Fault.CALLER, Again.NEVER),
    Outcome.NOT_UPLOADED: Meaning("the files were not uploaded in time", Fault.CALLER, Again.NEVER),
    Outcome.EXPIRED: Meaning("it could not be sent in the time it was given", Fault.CALLER, Again.NEVER),
    Outcome.LOST: Meaning("our own process ended during the call", Fault.OURS, Again.DROPPED),
    Outcome.CANCELLED: Meaning("cancelled by the sender", Fault.CALLER, Again.NEVER),
}
"Every outcome, with what it means. The test of this module fails when one is missing."

FROM_SIP: Mapping[int, Outcome] = {
    401: Outcome.NOT_AUTHORIZED,
    403: Outcome.NOT_AUTHORIZED,
    404: Outcome.NO_SUCH_NUMBER,
    407: Outcome.NOT_AUTHORIZED,
    408: Outcome.UNREACHABLE,  # Request Timeout; ours too, when nothing at all came back (RFC 3261 8.1.3.1)
    410: Outcome.NO_SUCH_NUMBER,
    415: Outcome.INCOMPATIBLE,
    480: Outcome.UNAVAILABLE,
    484: Outcome.NO_SUCH_NUMBER,
    486: Outcome.BUSY,
    487: Outcome.NO_ANSWER,  # Request Terminated: only after our own CANCEL of a call that rang too long
    488: Outcome.INCOMPATIBLE,
    500: Outcome.CONGESTION,
    503: Outcome.CONGESTION,
    600: Outcome.BUSY,
    603: Outcome.REFUSED,
    604: Outcome.NO_SUCH_NUMBER,
    606: Outcome.INCOMPATIBLE,
}

FROM_Q850: Mapping[int, Outcome] = {
    1: Outcome.NO_SUCH_NUMBER,  # unallocated number
    17: Outcome.BUSY,  # user busy
    18: Outcome.NO_ANSWER,  # no user responding
    19: Outcome.NO_ANSWER,  # no answer from user
    21: Outcome.REFUSED,  # call rejected
    22: Outcome.NO_SUCH_NUMBER,  # number changed
    27: Outcome.UNAVAILABLE,  # destination out of order
    28: Outcome.NO_SUCH_NUMBER,  # invalid number format
    34: Outcome.CONGESTION,  # no circuit available
    38: Outcome.CONGESTION,  # network out of order
    41: Outcome.CONGESTION,  # temporary failure
    42: Outcome.CONGESTION,  # switching equipment congestion
}


def outcome_of_refusal(status: int, q850: int | None = None) -> Outcome:
    """Return what a final SIP answer of 300 or more to INVITE means (RFC 3261 21; RFC 3398 7.2.4.1).

    A Q.850 cause from a Reason header is nearer to the truth than the status it was translated into.
    """
    if q850 is not None and q850 in FROM_Q850:
        return FROM_Q850[q850]
    known = FROM_SIP.get(status)
    if known is not None:
        return known
    return Outcome.REFUSED if status < 500 or status >= 600 else Outcome.CONGESTION
