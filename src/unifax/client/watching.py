"""Following what happens: by the service's events, or by looking again and again. Plans; knows no socket."""

from collections.abc import Callable, Generator
from enum import Enum, auto
from typing import TypeVar

from unifax.client import incoming, outbox
from unifax.client.api import Api
from unifax.client.errors import ApiError, Unreachable
from unifax.client.events import EventReader
from unifax.client.shapes import Fax, Received
from unifax.client.steps import Listen, Plan, Reply, Request, Seen, Showing, Step, more, pause

T = TypeVar("T")

AWAY_SECONDS = 30.0
"So long a service that does not answer is asked again: what we follow is safe with it, so we may wait."
LOOK_SECONDS = (0.2, 2.0)
"Between two looks without events: at first, and when nothing moves."
NO_EVENTS = frozenset({404, 405, 501})
"Answers of a service that knows no events."


class _Look(Enum):
    """What a look has found."""

    STILL = auto()
    MOVED = auto()
    OVER = auto()


Looking = Generator[Step | Seen[T], Reply, _Look]


def watch(api: Api, fax_id: str) -> Showing[Fax]:
    """Show a fax as it stands, each time that something of it has changed, until it has come to its end.

    Raises ApiError; Unreachable when the service stays away.
    """
    shown: Fax | None = None

    def look() -> Looking[Fax]:
        nonlocal shown
        fax = yield from outbox.fax(api, fax_id)
        moved, shown = fax != shown, fax
        if moved:
            yield Seen(fax)
        return _Look.OVER if not fax.is_open else _Look.MOVED if moved else _Look.STILL

    return _follow(_Ear(api, outbox.at(api, fax_id, "events")), look)


def arrivals(api: Api, after: str | None = None) -> Showing[Received]:
    """Show what the extension receives as it comes, the oldest first; and before, what came since the fax `after`.

    Goes on until it is left. Raises ApiError; Unreachable when the service stays away.
    """
    last = after

    def look() -> Looking[Received]:
        nonlocal last
        found = _Look.STILL
        if last is None:
            last = yield from incoming.newest(api)
        while came := (yield from incoming.newer(api, last)):
            for fax in came:
                yield Seen(fax)
            last, found = came[-1].id, _Look.MOVED
        return found

    return _follow(_Ear(api, outbox.at(api, "events")), look)


def _follow(ear: "_Ear", look: Callable[[], Looking[T]]) -> Showing[T]:
    """Look again each time that something is heard, until it is over."""
    wait, away = LOOK_SECONDS[0], 0.0
    while True:
        try:
            yield from ear.open()  # before we look, so that nothing between the two is missed
            found = yield from look()
            if found is _Look.OVER:
                return
            wait = LOOK_SECONDS[0] if found is _Look.MOVED else min(wait * 1.5, LOOK_SECONDS[1])
            away = 0.0
            yield from ear.wait(wait)
        except Unreachable:
            ear.is_open = False
            away += wait
            if away > AWAY_SECONDS:
                raise
            yield from pause(wait)


class _Ear:
    """Hears that something has happened, when the service tells it; else lets some time pass."""

    def __init__(self, api: Api, target: str) -> None:
        self.is_open = False
        self._api = api
        self._target = target
        self._reader = EventReader()
        self._is_told = True

    def open(self) -> Plan[None]:
        """Begin to listen, unless we do, or the service has no events. Raises ApiError and Unreachable."""
        if self.is_open or not self._is_told:
            return
        last = {"last-event-id": self._reader.last_id} if self._reader.last_id else {}
        request = Request("GET", self._target, {}, {"accept": "text/event-stream", **last})
        try:
            answer = yield from self._api.ask(Listen(request))
        except ApiError as error:
            if error.status not in NO_EVENTS:
                raise
            self._is_told = False
            return
        self.is_open = answer.headers.get("content-type", "").startswith("text/event-stream")

    def wait(self, seconds: float) -> Plan[None]:
        """Wait until something is told, or for so many seconds when nothing can be told."""
        while self.is_open:
            piece = yield from more()
            if self._reader.receive(piece):
                return
            self.is_open = bool(piece)
        yield from pause(seconds)
