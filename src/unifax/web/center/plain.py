"""How faxes and their recipients stand, in plain words: tables, for people who know no telephony. Knows no page."""

from collections.abc import Mapping
from dataclasses import dataclass

from unifax.model.fax import PENDING, DeliveryState, DeliveryView, FaxState
from unifax.model.outcome import Outcome
from unifax.model.paper import PageWarning, Resolution, Treatment
from unifax.model.terms import Priority
from unifax.web.languages import N_


@dataclass(frozen=True, slots=True)
class Standing:
    """A state, as it is shown."""

    text: str
    tone: str
    "`good`, `bad`, `open` or `unsure`: its colour. The text says it all without."


FAXES: Mapping[FaxState, Standing] = {
    FaxState.UPLOADING: Standing(N_("Files are to come"), "open"),
    FaxState.PRE_APPROVED: Standing(N_("Pages are being made"), "open"),
    FaxState.SCHEDULED: Standing(N_("On its way"), "open"),
    FaxState.SENT: Standing(N_("Sent"), "good"),
    FaxState.PARTIALLY_SENT: Standing(N_("Sent to some"), "bad"),
    FaxState.SEND_FAILED: Standing(N_("Not sent"), "bad"),
    FaxState.CANCELLED: Standing(N_("Cancelled"), "bad"),
    FaxState.UNCERTAIN: Standing(N_("Uncertain"), "unsure"),
}

DELIVERIES: Mapping[DeliveryState, Standing] = {
    DeliveryState.UPLOADING: Standing(N_("Files are to come"), "open"),
    DeliveryState.PREPARING: Standing(N_("Pages are being made"), "open"),
    DeliveryState.WAITING: Standing(N_("Waiting"), "open"),
    DeliveryState.CALLING: Standing(N_("Calling"), "open"),
    DeliveryState.SENT: Standing(N_("Sent"), "good"),
    DeliveryState.FAILED: Standing(N_("Not sent"), "bad"),
    DeliveryState.CANCELLED: Standing(N_("Cancelled"), "bad"),
    DeliveryState.UNCERTAIN: Standing(N_("Uncertain"), "unsure"),
}
CANCELLING = Standing(N_("Being cancelled"), "open")


@dataclass(frozen=True, slots=True)
class Reason:
    """How a call ended."""

    what: str
    then: str
    "What to do, when it was the last; empty when there is nothing to do."


_CALL_BY_TELEPHONE = N_("Call the recipient by telephone, and ask.")
_TELL_OPERATOR = N_("Tell who runs this service.")
_LATER = N_("Send it again later.")

REASONS: Mapping[Outcome, Reason] = {
    Outcome.SENT: Reason(N_("The other machine has confirmed every page."), ""),
    Outcome.UNCERTAIN: Reason(
        N_("The line broke after the last page, before it was confirmed. It may have arrived."),
        N_("Ask the recipient, then say below what has become of it, or send it again."),
    ),
    Outcome.BUSY: Reason(N_("The line was busy."), _LATER),
    Outcome.NO_ANSWER: Reason(
        N_("Nobody answered."), N_("Ask the recipient whether the fax machine is on, then send it again.")
    ),
    Outcome.REFUSED: Reason(N_("The call was declined."), _CALL_BY_TELEPHONE),
    Outcome.NO_SUCH_NUMBER: Reason(
        N_("There is no such number."), N_("Check the number, and send a new fax to the right one.")
    ),
    Outcome.UNAVAILABLE: Reason(N_("The number could not be reached."), _LATER),
    Outcome.CONGESTION: Reason(N_("All lines were taken."), _LATER),
    Outcome.NO_ROUTE: Reason(N_("No line of ours leads to this number."), _TELL_OPERATOR),
    Outcome.UNREACHABLE: Reason(N_("Our telephone provider did not answer."), _TELL_OPERATOR),
    Outcome.NOT_AUTHORIZED: Reason(N_("Our telephone provider did not let us call."), _TELL_OPERATOR),
    Outcome.T38_REFUSED: Reason(N_("The other side does not take faxes the way our line sends them."), _TELL_OPERATOR),
    Outcome.NOT_A_FAX: Reason(
        N_("Somebody or something answered that is no fax machine."),
        N_("Check the number: it may be that of a telephone. Else ask the recipient to let the machine answer."),
    ),
    Outcome.DROPPED: Reason(N_("The call was cut off in the middle."), _LATER),
    Outcome.PAGE_REFUSED: Reason(N_("The line was too bad: the other machine could not read a page."), _LATER),
    Outcome.PROTOCOL: Reason(N_("The two machines did not understand each other."), _LATER),
    Outcome.INCOMPATIBLE: Reason(
        N_("The other machine cannot take this fax."), N_("Send it in a lower resolution, or ask for another number.")
    ),
    Outcome.DOCUMENT: Reason(
        N_("The document could not be made into pages."), N_("Save it as PDF, and send that as a new fax.")
    ),
    Outcome.NOT_UPLOADED: Reason(N_("The files did not come in time."), N_("Send it as a new fax.")),
    Outcome.EXPIRED: Reason(N_("It could not be sent in the time it was given."), _LATER),
    Outcome.LOST: Reason(N_("This service was restarted during the call."), _LATER),
    Outcome.CANCELLED: Reason(N_("It was cancelled."), ""),
}

WARNINGS: Mapping[PageWarning, str] = {
    PageWarning.BLANK: N_("This page is blank."),
    PageWarning.SMALL_TEXT: N_("Its text is too small to be read at this resolution."),
    PageWarning.MISSING_LETTERS: N_("There is no font for some of its letters."),
    PageWarning.LONG: N_("It takes minutes on the line, as photographs do."),
}
RESOLUTIONS: Mapping[Resolution, str] = {
    Resolution.STANDARD: N_("Standard"),
    Resolution.FINE: N_("Fine"),
    Resolution.SUPERFINE: N_("Superfine"),
    Resolution.R300: N_("300 dots an inch"),
    Resolution.R400: N_("400 dots an inch"),
}
TREATMENTS: Mapping[Treatment, str] = {
    Treatment.AUTO: N_("As each page needs it"),
    Treatment.TEXT: N_("Text"),
    Treatment.PHOTO: N_("Photograph"),
}
PRIORITIES: Mapping[Priority, str] = {
    Priority.URGENT: N_("Urgent"),
    Priority.NORMAL: N_("Normal"),
    Priority.LOW: N_("Low"),
}


def standing_of(delivery: DeliveryView) -> Standing:
    """Return how a recipient stands."""
    return CANCELLING if delivery.cancelling and delivery.state in PENDING else DELIVERIES[delivery.state]


def reason_of(delivery: DeliveryView) -> Reason | None:
    """Return what its last call, or its end, was like: what is to be done only when nothing more is done by itself."""
    if delivery.outcome is None or delivery.outcome is Outcome.SENT:
        return None
    reason = REASONS[delivery.outcome]
    return Reason(reason.what, "") if delivery.state in PENDING else reason
