"""How calls end, in a word or two: for tables, legends and filters. `model.outcome.MEANING` has the sentences."""

from collections.abc import Mapping

from unifax.model.outcome import Outcome
from unifax.web.languages import N_

CAUSES: Mapping[Outcome, str] = {
    Outcome.SENT: N_("sent"),
    Outcome.UNCERTAIN: N_("uncertain"),
    Outcome.BUSY: N_("busy"),
    Outcome.NO_ANSWER: N_("no answer"),
    Outcome.REFUSED: N_("declined"),
    Outcome.NO_SUCH_NUMBER: N_("no such number"),
    Outcome.UNAVAILABLE: N_("not reachable"),
    Outcome.CONGESTION: N_("no free channel"),
    Outcome.NO_ROUTE: N_("no trunk"),
    Outcome.UNREACHABLE: N_("trunk silent"),
    Outcome.NOT_AUTHORIZED: N_("not let by the trunk"),
    Outcome.T38_REFUSED: N_("T.38 refused"),
    Outcome.NOT_A_FAX: N_("no fax machine"),
    Outcome.DROPPED: N_("cut off"),
    Outcome.PAGE_REFUSED: N_("page not readable"),
    Outcome.PROTOCOL: N_("not understood"),
    Outcome.INCOMPATIBLE: N_("cannot be taken"),
    Outcome.DOCUMENT: N_("no pages made"),
    Outcome.NOT_UPLOADED: N_("not uploaded"),
    Outcome.EXPIRED: N_("out of time"),
    Outcome.LOST: N_("process ended"),
    Outcome.CANCELLED: N_("cancelled"),
}
