"""Following a fax to its end: by the service's events, or by looking again and again. Plans; knows no socket."""

from unifax.client import outbox
from unifax.client.api import Api
from unifax.client.errors import ApiError, Unreachable
from unifax.client.events import EventReader
from unifax.client.shapes import Fax
from unifax.client.steps import Listen, Plan, Request, Seen, Showing, more, pause

AWAY_SECONDS = 30.0
"So long a service that does not answer is asked again: the fax is safe with it, so we may wait."
LOOK_SECONDS = (0.2, 2.0)
"Between two looks at a fax without events: at first, and when nothing moves."
NO_EVENTS = frozenset({404, 405, 501})
"Answers of a service that knows no events."


def watch(api: Api, fax_id: str) -> Showing[Fax]:
    """Show a fax as it stands, each time that something of it has changed, until it has come to its end.

    Raises ApiError; Unreachable when the service stays away.
    """
    events, listens = EventReader(), True
    missed, look, shown = 0.0, LOOK_SECONDS[0], None
    while True:
        try:
            listens = listens and (yield from _listen(api, fax_id, events))
            fax = yield from outbox.fax(api, fax_id)  # after we listen: nothing between the two is missed
            missed = 0.0
            look = LOOK_SECONDS[0] if fax != shown else min(look * 1.5, LOOK_SECONDS[1])
            while True:
                if fax != shown:
                    yield Seen(fax)
                    shown = fax
                if not fax.is_open:
                    return
                if not listens or not (yield from _something(events)):
                    break
                fax = yield from outbox.fax(api, fax_id)
        except Unreachable:
            missed += look
            if missed > AWAY_SECONDS:
                raise
        yield from pause(look)


def _listen(api: Api, fax_id: str, events: EventReader) -> Plan[bool]:
    """Begin to listen to the events of a fax; return whether the service has any."""
    headers = {"accept": "text/event-stream"} | ({"last-event-id": events.last_id} if events.last_id else {})
    try:
        answer = yield from api.ask(Listen(Request("GET", outbox.at(api, fax_id, "events"), {}, headers)))
    except ApiError as error:
        if error.status in NO_EVENTS:
            return False
        raise
    return answer.headers.get("content-type", "").startswith("text/event-stream")


def _something(events: EventReader) -> Plan[bool]:
    """Wait until something is told; return False when the stream has ended before."""
    while piece := (yield from more()):
        if events.receive(piece):
            return True
    return False
