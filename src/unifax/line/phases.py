"""The whole state machine of a call, as tables. It knows nothing of what is done on the way: `call` does that."""

from collections.abc import Mapping
from enum import StrEnum

from unifax.model.outcome import Outcome


class Phase(StrEnum):
    """Where a call stands. Every phase but the last has a deadline."""

    DIALLING = "dialling"
    RINGING = "ringing"
    TALKING = "talking"
    "Answered: tones in audio, offers of T.38; the far side has not said a word of T.30 yet."
    FAXING = "faxing"
    "T.30, over T.38 or in audio."
    PARTING = "parting"
    "The far side hung up; a confirmation that left it before its BYE may still come in, by another path."
    CLOSING = "closing"
    OVER = "over"


class Sign(StrEnum):
    """What can happen to a call."""

    RANG = "rang"
    ANSWERED = "answered"
    REFUSED = "refused"
    AGREED = "agreed on T.38"
    HEARD = "T.30 heard in audio"
    DECLINED = "T.38 declined, where there is nothing else"
    FINISHED = "T.30 finished"
    LEFT = "far side hung up"
    STOPPED = "we hang up"
    TOO_LONG = "deadline passed"
    SILENT = "nothing came back, not even 100"
    CLOSED = "our BYE or CANCEL is finished"


P, S = Phase, Sign
MOVES: Mapping[tuple[Phase, Sign], Phase] = {
    (P.DIALLING, S.RANG): P.RINGING,
    (P.DIALLING, S.ANSWERED): P.TALKING,
    (P.DIALLING, S.REFUSED): P.OVER,
    (P.DIALLING, S.LEFT): P.OVER,
    (P.DIALLING, S.STOPPED): P.CLOSING,
    (P.DIALLING, S.TOO_LONG): P.CLOSING,
    (P.DIALLING, S.SILENT): P.OVER,  # what comes later is cancelled by the leg
    (P.RINGING, S.RANG): P.RINGING,
    (P.RINGING, S.ANSWERED): P.TALKING,
    (P.RINGING, S.REFUSED): P.OVER,
    (P.RINGING, S.LEFT): P.OVER,
    (P.RINGING, S.STOPPED): P.CLOSING,
    (P.RINGING, S.TOO_LONG): P.CLOSING,
    (P.TALKING, S.AGREED): P.FAXING,
    (P.TALKING, S.HEARD): P.FAXING,
    (P.TALKING, S.DECLINED): P.CLOSING,
    (P.TALKING, S.FINISHED): P.CLOSING,  # T.30 has waited long enough for a first word
    (P.TALKING, S.LEFT): P.OVER,
    (P.TALKING, S.STOPPED): P.CLOSING,
    (P.TALKING, S.TOO_LONG): P.CLOSING,
    (P.FAXING, S.AGREED): P.FAXING,  # a refreshing re-INVITE, or from audio to T.38
    (P.FAXING, S.FINISHED): P.CLOSING,
    (P.FAXING, S.LEFT): P.PARTING,
    (P.FAXING, S.STOPPED): P.CLOSING,
    (P.FAXING, S.TOO_LONG): P.CLOSING,
    (P.PARTING, S.FINISHED): P.OVER,
    (P.PARTING, S.STOPPED): P.OVER,
    (P.PARTING, S.TOO_LONG): P.OVER,
    (P.CLOSING, S.REFUSED): P.OVER,  # 487 after our CANCEL
    (P.CLOSING, S.CLOSED): P.OVER,
    (P.CLOSING, S.LEFT): P.OVER,
    (P.CLOSING, S.TOO_LONG): P.OVER,
}
"A sign that is not here changes nothing: SIP lets old news arrive late."

CAUSE: Mapping[tuple[Phase, Sign], Outcome] = {
    (P.DIALLING, S.TOO_LONG): Outcome.UNREACHABLE,
    (P.DIALLING, S.SILENT): Outcome.UNREACHABLE,
    (P.RINGING, S.TOO_LONG): Outcome.NO_ANSWER,
    (P.DIALLING, S.LEFT): Outcome.UNREACHABLE,
    (P.RINGING, S.LEFT): Outcome.DROPPED,
    (P.TALKING, S.DECLINED): Outcome.T38_REFUSED,
    (P.TALKING, S.LEFT): Outcome.NOT_A_FAX,
    (P.TALKING, S.TOO_LONG): Outcome.NOT_A_FAX,
    (P.FAXING, S.TOO_LONG): Outcome.DROPPED,
    (P.PARTING, S.TOO_LONG): Outcome.DROPPED,
}
"Why a call ends, when neither a SIP answer nor T.30 says it. Our own hanging up is CANCELLED."
