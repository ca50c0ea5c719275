"""The session timer of a call (RFC 4028): how long it may go on without a word, and whose turn it is to say one.

Knows no leg: it says what to write into requests and answers, and calls `refresh` when it is time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Self

from unifax.model.errors import ProtocolError
from unifax.wire.sip.alarm import Alarms
from unifax.wire.sip.fields import number, param, parameters, split_list
from unifax.wire.sip.message import Message, Request, Response

TIMER = "timer"
"The extension's name in Supported and Require."
WANTED_SECONDS = 1800
"What we ask for: the default of the field (RFC 4028 4)."
LEAST_SECONDS = 90
"Below this nothing may be agreed (RFC 4028 4); we answer 422, and never refresh more often than for this."
LARGEST = (1 << 32) - 1
SPARE_SECONDS = 32.0
"So long before the end, at most, a refresh of theirs is overdue (RFC 4028 10)."
AGAIN_SECONDS = 10.0
"The shortest pause after a refresh that was refused."

Refresher = Literal["uac", "uas"]


@dataclass(frozen=True, slots=True)
class SessionExpires:
    """A Session-Expires header (RFC 4028 4)."""

    seconds: int
    refresher: Refresher | None = None
    "Who refreshes, named by its part in this transaction: who asks is the uac."

    @classmethod
    def of(cls, message: Message) -> Self | None:
        """Return what a message says; None if nothing, or nothing that can be read."""
        text = message.headers.get("Session-Expires")
        if text is None:
            return None
        digits, _, rest = text.partition(";")
        try:
            seconds = number(digits, LARGEST)
        except ProtocolError:
            return None
        refresher = (param(parameters(split_list(rest, ";")), "refresher") or "").lower()
        return cls(seconds, "uac" if refresher == "uac" else "uas" if refresher == "uas" else None)

    def __str__(self) -> str:
        return f"{self.seconds};refresher={self.refresher}" if self.refresher else str(self.seconds)


class Session:
    """The session timer of one leg. It never ends a call: whether the far side is still there, a refresh tells.

    When a refresh of theirs is overdue we refresh ourselves, instead of hanging up as RFC 4028 10 would have it: a fax
    that is going well should not end because the far side has forgotten.
    """

    def __init__(self, alarms: Alarms, refresh: Callable[[float], None]) -> None:
        """`refresh(now)` sends a refresh, or calls `later` if it cannot now."""
        self._alarms = alarms
        self._refresh = refresh
        self._wanted = WANTED_SECONDS
        self._least = 0
        "Min-SE, once somebody on the way has insisted on one."
        self._agreed: int | None = None
        "Seconds; None while no timer runs."
        self._ours = False
        "Whether we refresh."
        self._ends_at = 0.0

    # Requests of ours

    def opening(self) -> list[tuple[str, str]]:
        """Return what the INVITE says that begins a call. Who refreshes, the far side may choose (RFC 4028 7.1)."""
        return self._said(SessionExpires(self._wanted))

    def asking(self) -> list[tuple[str, str]]:
        """Return what a request says within the call: every one that agrees on media refreshes, too."""
        if self._agreed is None:
            return []
        return self._said(SessionExpires(max(self._agreed, self._least), "uac" if self._ours else "uas"))

    def refused(self, response: Response) -> bool:
        """Take a 422; return whether asking again, for longer, can help (RFC 4028 7.3)."""
        least = least_seconds(response)
        if response.status != 422 or least is None or least <= self._least:
            return False
        self._least, self._wanted = least, max(self._wanted, least)
        return True

    def answered(self, response: Response, now: float) -> None:
        """They answered 2xx (RFC 4028 7.2)."""
        said = SessionExpires.of(response)
        self._agree(None if said is None else said.seconds, said is None or said.refresher != "uas", now)

    # Requests of theirs

    def answer(self, request: Request, now: float) -> list[tuple[str, str]]:
        """Return what our 2xx says, and let the time run from now on (RFC 4028 9)."""
        asked, they_know_it = SessionExpires.of(request), TIMER in supported(request)
        if asked is None and they_know_it and self._agreed is not None:
            asked = SessionExpires(self._agreed, "uas" if self._ours else "uac")
        if asked is None:
            self._agree(None, False, now)
            return []
        refresher: Refresher = "uac" if they_know_it and asked.refresher == "uac" else "uas"
        self._agree(asked.seconds, refresher == "uas", now)
        required = [("Require", TIMER)] if they_know_it else []
        return [*required, ("Session-Expires", str(SessionExpires(asked.seconds, refresher)))]

    # Time

    def later(self, now: float, pause: float | None = None) -> None:
        """A refresh could not be, or was refused: try again after a pause, while there is time."""
        if pause is None:
            pause = max((self._ends_at - now) / 2, AGAIN_SECONDS)
        if self._agreed is not None and now + pause < self._ends_at:
            self._alarms.set(self, now + pause, self._refresh)

    def stop(self) -> None:
        """The call is over, or as good as."""
        self._alarms.cancel(self)

    def _said(self, expires: SessionExpires) -> list[tuple[str, str]]:
        least = [("Min-SE", str(self._least))] if self._least else []
        return [("Session-Expires", str(expires)), *least]

    def _agree(self, seconds: int | None, ours: bool, now: float) -> None:
        self._agreed, self._ours = seconds, ours
        if seconds is None:
            self.stop()
            return
        running = max(seconds, LEAST_SECONDS)
        self._ends_at = now + running
        pause = running / 2 if ours else running - min(SPARE_SECONDS, running / 3)
        self._alarms.set(self, now + pause, self._refresh)


def supported(message: Message) -> list[str]:
    """Return the extensions that the sender knows."""
    return [name.lower() for name in message.headers.list("Supported")]


def is_too_short(request: Request) -> bool:
    """Whether a request is to be answered 422: its sender knows what that means (RFC 4028 9)."""
    asked = SessionExpires.of(request)
    return asked is not None and asked.seconds < LEAST_SECONDS and TIMER in supported(request)


def least_seconds(response: Response) -> int | None:
    """Return the Min-SE of a 422."""
    try:
        return number((response.headers.get("Min-SE") or "").partition(";")[0], LARGEST)
    except ProtocolError:
        return None
