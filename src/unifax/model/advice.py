"""Why calls commonly fail, and what would help, in plain words: tables. Knows no call but its symptoms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unifax.model.call import Media
from unifax.model.outcome import Outcome
from unifax.model.transcript import Entry


@dataclass(frozen=True, slots=True)
class Advice:
    """What to think of a call that failed."""

    cause: str
    "The likely one: what most often lies behind what happened."
    remedy: str
    "What to do; settings by their names."


@dataclass(frozen=True, slots=True)
class Symptoms:
    """What is known of a call."""

    outcome: Outcome
    sip_status: int | None
    media: Media | None
    answered: bool
    came: int
    "Media datagrams that came."
    share_lost: float
    "Of what came or should have come, after all recovery."


LOSSY = 0.005
"Above this share G.711 fax fails (peers measured 0.5 %), and T.38 has lost what its redundancy could not bring back."

BY_STATUS: Mapping[int, Advice] = {
    401: Advice(
        "the server wants a password, and did not take ours",
        "check trunks.NAME.user, auth_user, password and realm",
    ),
    403: Advice(
        "the server knows us and does not let us call: the number, the caller's number or our address is not allowed",
        "ask the carrier whether this address (line.address) and caller id may call this number",
    ),
    404: Advice(
        "the number does not exist, or the server wants it written differently",
        "compare the first line of INVITE with what the carrier expects; trunks.NAME.rewrite changes it",
    ),
    407: Advice(
        "a proxy wants a password, and did not take ours",
        "check trunks.NAME.user, auth_user, password and realm",
    ),
    408: Advice(
        "nothing answers at the address of the server",
        "check trunks.NAME.server, that line.address is an address the server can answer to, and the firewall (UDP)",
    ),
    484: Advice(
        "the server takes the number for incomplete",
        "trunks.NAME.rewrite: with or without country code, as the carrier expects it",
    ),
    488: Advice(
        "the far side takes none of the codecs of our offer (PCMU, PCMA)",
        "ask the carrier to allow G.711 on this trunk: every fax call begins in audio",
    ),
    503: Advice(
        "the server has no free channel, or does not want this call now",
        "set trunks.NAME.channels and calls_per_second to what the carrier grants; a second server or trunk takes over",
    ),
}
"By the SIP status that ended the call, before anything else."

BY_OUTCOME: Mapping[Outcome, Advice] = {
    Outcome.BUSY: Advice("somebody else is on that line", "it is called again after retry.busy_seconds"),
    Outcome.NO_ANSWER: Advice(
        "the machine is switched off, or answers only after many rings",
        "line.ring_seconds: some machines ring eight times before they answer",
    ),
    Outcome.REFUSED: Advice(
        "the far side, or a filter before it, does not want this call",
        "ask the recipient whether the number of the caller is blocked",
    ),
    Outcome.UNAVAILABLE: Advice(
        "the far side's equipment is switched off, or not registered with its network",
        "it is called again after retry.no_answer_seconds",
    ),
    Outcome.CONGESTION: Advice(
        "the network has no room for this call now",
        "trunks.NAME.channels must not be higher than what the carrier grants",
    ),
    Outcome.UNREACHABLE: Advice(
        "the server does not answer, or answers and then never rings",
        "check trunks.NAME.server and the firewall; the ladder shows whether anything came back at all",
    ),
    Outcome.NOT_A_FAX: Advice(
        "a person, a voice mailbox or a menu has answered",
        "check the number; where a machine answers late, line.negotiation_seconds",
    ),
    Outcome.T38_REFUSED: Advice(
        "the far side has no T.38, and the trunk takes nothing else",
        'trunks.NAME.t38 = "on" goes on in G.711',
    ),
    Outcome.DROPPED: Advice(
        "the far side or the network hung up in the middle",
        "the ladder shows who sent BYE; a BYE after a round number of seconds is a timer of the carrier's",
    ),
    Outcome.PROTOCOL: Advice(
        "the machines could not make themselves understood",
        "it is called again in other manners, and what gets through is remembered; the T.30 lines show where it stuck;"
        " `unifax destination set` decides for a number",
    ),
    Outcome.PAGE_REFUSED: Advice(
        "the line damaged the page, and the far machine has no error correction",
        "it is called again by itself; a trunk with T.38 damages nothing",
    ),
    Outcome.INCOMPATIBLE: Advice(
        "the far machine lacks something that this fax needs",
        "compare DIS, what it can do, with DCS, what was asked of it",
    ),
    Outcome.UNCERTAIN: Advice(
        "the line broke after the last page, before its confirmation",
        "ask the recipient; only a person should have it sent again",
    ),
    Outcome.LOST: Advice("this service was stopped or restarted during the call", "it is called again by itself"),
}

ONE_WAY = Advice(
    "the call was answered, and nothing that the far side said came to us: its media goes astray on the way",
    "line.address must be the address that the far side reaches us at (see c= in our session descriptions), and the"
    " firewall must let UDP in",
)
LOST_PACKETS: Mapping[Media, Advice] = {
    Media.T38: Advice(
        "the network lost more packets than T.38's redundancy can bring back",
        "look for a full or a wireless link between here and the trunk; losses in bursts do the most harm",
    ),
    Media.G711: Advice(
        "packets of the far side were lost, or it stopped sending, and fax in audio forgives neither",
        'a trunk with T.38 forgives losses (trunks.NAME.t38 = "on"); else voice traffic needs priority on the way',
    ),
}
_OF_THE_LINE = frozenset(
    {Outcome.NOT_A_FAX, Outcome.DROPPED, Outcome.PROTOCOL, Outcome.PAGE_REFUSED, Outcome.UNCERTAIN}
)
"Outcomes that a bad line leads to."


def advice(symptoms: Symptoms) -> Advice | None:
    """Return the likely cause of a failed call, or None when its outcome says it all."""
    outcome = symptoms.outcome
    if symptoms.answered and outcome in _OF_THE_LINE:
        if not symptoms.came:
            return ONE_WAY
        if symptoms.media is not None and symptoms.share_lost > LOSSY:
            return LOST_PACKETS[symptoms.media]
    by_status = BY_STATUS.get(symptoms.sip_status or 0)
    return by_status or BY_OUTCOME.get(outcome)


def media_of(entries: Sequence[Entry]) -> tuple[int, float]:
    """Return how many media datagrams came in a call, and what share was lost for good (`Symptoms`)."""
    counts: dict[str, int] = {}
    for entry in entries:
        for name, count in entry.counts.items():
            counts[name] = counts.get(name, 0) + count
    lost = counts.get("lost", 0) + counts.get("repeated", 0)
    whole = lost + counts.get("received", 0) + counts.get("recovered", 0) + counts.get("played", 0)
    return counts.get("came", 0), lost / whole if whole else 0.0
