"""The manners of sending, from the best down, and which of them a call begins with: pure functions of what is known.

They know no clock, no database and no line. A call climbs down only where another manner can help: a number that is
busy, or that nobody answers, says nothing of machines.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from unifax.model.call import CallReport, Media, T38Use
from unifax.model.manner import ABLE, BEST, Ability, Manner, Modem, Pin
from unifax.model.outcome import Outcome
from unifax.model.paper import Resolution

RUNGS: Sequence[Manner] = (
    BEST,
    # Of all that breaks, gateways between T.38 and telephones break most often; audio passes through them untouched.
    Manner(t38=False),
    # V.17 trains anew in a seventh of a second before each page, and is lost by echo first. V.29 is simple, and old.
    Manner(modem=Modem.V29),
    # There are machines and gateways whose error correction is broken. Without it a page must be slower to be read.
    Manner(ecm=False, modem=Modem.V29),
    Manner(t38=False, modem=Modem.V29),
    Manner(t38=False, ecm=False, modem=Modem.V29),
    # What every fax machine since 1980 can do, on a line that can hardly be called one.
    Manner(modem=Modem.V27TER),
    Manner(t38=False, modem=Modem.V27TER),
    Manner(ecm=False, modem=Modem.V27TER),
    Manner(t38=False, ecm=False, modem=Modem.V27TER),
)
"Fewer calls than rungs are made to a recipient, so the first four differ as much as they can (FusionPBX's idea)."

SLOW_FINEST = Resolution.FINE
"""The finest pages over V.27ter, unless somebody has decided otherwise: finer ones have twice as much to lose, at a
third of the speed, and a fax that comes to this rung has been lost before."""

DOUBTED = 2
"So many failures in a row end the trust in a manner that has worked: one may have been noise on the line."


class Blame(Enum):
    """What the end of a call speaks against."""

    MANNER = "this manner"
    T38 = "every manner that uses T.38"
    G711 = "every manner that uses no T.38"


BLAMED: Mapping[tuple[Outcome, Media | None], Blame] = {
    (Outcome.PROTOCOL, Media.T38): Blame.MANNER,
    (Outcome.PROTOCOL, Media.G711): Blame.MANNER,
    (Outcome.PAGE_REFUSED, Media.T38): Blame.MANNER,
    (Outcome.PAGE_REFUSED, Media.G711): Blame.MANNER,
    (Outcome.DROPPED, Media.T38): Blame.MANNER,  # if no page had come through
    (Outcome.DROPPED, Media.G711): Blame.MANNER,
    (Outcome.NOT_A_FAX, Media.T38): Blame.T38,  # a gateway agreed on it, and no fax was heard behind it
    (Outcome.NOT_A_FAX, None): Blame.G711,  # if it was not to use T.38: there are far sides that take nothing else
}
"Ends of a call, and how its fax went if one began, that another manner can help."


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that failed, and that another manner can help."""

    manner: Manner
    outcome: Outcome
    media: Media | None
    "How its fax went; None when none began."

    def met_by(self, far: Ability) -> "Failure":
        """Return this failure with what its manner came to."""
        return replace(self, manner=far.comes_to(self.manner))

    def speaks_against(self, manner: Manner) -> bool:
        match BLAMED[self.outcome, self.media]:
            case Blame.T38:
                return manner.t38
            case Blame.G711:
                return not manner.t38
            case Blame.MANNER if self.media is Media.G711:  # T.38 was not taken: without it, all would be the same
                return manner in (self.manner, replace(self.manner, t38=False))
            case Blame.MANNER:
                return manner == self.manner


def failure_of(manner: Manner, report: CallReport) -> Failure | None:
    """Return what a call that has ended says against its manner; None for nothing.

    A call that was cut off after a page had come through says nothing: until then it worked.
    """
    if (report.outcome, report.media) not in BLAMED:
        return None
    if report.media is None and manner.t38:
        return None  # a person, who may be gone next time
    if report.outcome is Outcome.DROPPED and report.pages_confirmed:
        return None
    return Failure(manner, report.outcome, report.media)


@dataclass(frozen=True, slots=True)
class Experience:
    """What calls to a number by a trunk have taught about one manner."""

    manner: Manner
    worked_at: datetime | None
    "When it last did."
    failed_at: datetime | None
    failures: int
    "In a row, since it last worked."
    failure: Failure | None
    "The last one."
    bits_per_second: int | None
    "The modem speed agreed upon last."

    @property
    def is_trusted(self) -> bool:
        return self.worked_at is not None and self.failures < DOUBTED

    @property
    def given_up_at(self) -> datetime | None:
        """When it failed, if others are to be tried before it."""
        return self.failed_at if self.failures and not self.is_trusted else None


def finest_of(manner: Manner, pinned: Resolution | None) -> Resolution | None:
    """Return the finest pages that are sent in a manner; None for those of the fax."""
    return pinned or (SLOW_FINEST if manner.modem is Modem.V27TER else None)


def allowed(use: T38Use, pin: Pin) -> Sequence[Manner]:
    """Return the manners that a trunk and a pin leave, at least one, the best first. The trunk stands above the pin."""
    t38 = {T38Use.ON: pin.t38, T38Use.OFF: False, T38Use.ONLY: True}[use]
    left = (
        Manner(
            t38=rung.t38 if t38 is None else t38,
            ecm=rung.ecm if pin.ecm is None else pin.ecm,
            modem=rung.modem if pin.modem is None else pin.modem,
        )
        for rung in RUNGS
    )
    return tuple(dict.fromkeys(left))


def in_order(
    manners: Sequence[Manner],
    known: Sequence[Experience],
    failed: Sequence[Failure],
    far: Ability = ABLE,
) -> Sequence[Manner]:
    """Return the manners in the order in which a fax tries them. `failed` are this fax's own calls, the last one last.

    First the best that is known to work, as long as it is remembered why nothing better is taken; then what nothing
    speaks against, the best first; then what is known to fail, and at last what has failed this fax, each the longest
    ago first. Of manners that come to the same with the far machine, only the best is there.
    """
    asked: dict[Manner, Manner] = {}
    for manner in manners:
        asked.setdefault(far.comes_to(manner), manner)
    own = {far.comes_to(each.manner): each for each in sorted(known, key=_learnt_at)}
    given_up_at = {manner: _given_up_at(manner, own, far) for manner in asked}
    failed_last = {manner: _last([failure.met_by(far) for failure in failed], manner) for manner in asked}
    spoken_against = {manner for manner in asked if given_up_at[manner] or failed_last[manner] is not None}
    trusted = (manner for manner in asked if manner in own and own[manner].is_trusted)
    works = next((manner for manner in trusted if manner not in spoken_against), None)
    if spoken_against.isdisjoint(itertools.takewhile(lambda manner: manner != works, asked)):
        works = None  # nothing says any more why something better should not be taken

    def rank(manner: Manner) -> tuple[int, float]:
        place, at = failed_last[manner], given_up_at[manner]
        if place is not None:
            return 3, place
        if manner == works:
            return 0, 0
        return (1, 0) if at is None else (2, at.timestamp())

    return [asked[manner] for manner in sorted(asked, key=rank)]


def _learnt_at(experience: Experience) -> datetime:
    return max(at for at in (experience.worked_at, experience.failed_at) if at is not None)


def _given_up_at(manner: Manner, own: Mapping[Manner, Experience], far: Ability) -> datetime | None:
    """Return when calls last spoke against a manner. What it has shown itself counts, before what others have."""
    if manner in own:
        return own[manner].given_up_at
    against = (each for each in own.values() if each.failure and each.failure.met_by(far).speaks_against(manner))
    return max((each.given_up_at for each in against if each.given_up_at is not None), default=None)


def _last(failed: Sequence[Failure], manner: Manner) -> int | None:
    """Return the place of the last failure that speaks against a manner."""
    return max((at for at, failure in enumerate(failed) if failure.speaks_against(manner)), default=None)
