"""How the service stands at this moment: trunks, processes, calls that are up, what waits. Decides nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.fax import DeliveryState
from unifax.model.trunk import Health, TrunkState, states
from unifax.store import operations, trunks
from unifax.store.db import Connection
from unifax.store.operations import CallNow, Process, Queued
from unifax.web.center.frame import Center, Visitor
from unifax.web.center.operator.causes import CAUSES
from unifax.web.center.operator.door import OPERATOR, READ, operators, page
from unifax.web.languages import N_

CALLS_SHOWN = 100
SERVERS_SHOWN = 20
"Of a trunk."
HEALTHS: Mapping[Health, tuple[str, str]] = {
    Health.UP: (N_("up"), "good"),
    Health.DOWN: (N_("down"), "bad"),
    Health.UNKNOWN: (N_("not asked"), "unsure"),
}
AGES = (N_("under a minute"), N_("under ten minutes"), N_("under an hour"), N_("under a day"), N_("older"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one reason, as it is shown."""

    reason: str
    by_age: Sequence[int]
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand."""

    trunks: Sequence[TrunkState]
    processes: Sequence[Process]
    calls: Sequence[CallNow]
    queued: Sequence[Queued]


def routes(center: Center) -> APIRouter:
    """Return the route of what is now."""
    router = center.router()
    operator = Depends(operators(center))
    office = center.office

    def read(conn: Connection) -> Standing:
        now = office.clock()
        return Standing(
            states(trunks.sightings(conn, now), office.channels, trunks.calls_up(conn)),
            operations.processes(conn),
            operations.calls_now(conn),
            operations.queued(conn, now),
        )

    @router.api_route(OPERATOR, methods=READ)
    async def now(request: Request, visitor: Annotated[Visitor, operator], still: str = "") -> Response:
        """Show it, and show it anew every few seconds unless it is to stand still."""
        standing = await office.db.aread(read)
        busy = Counter(call.process for call in standing.calls)
        return page(
            center,
            request,
            visitor,
            OPERATOR,
            "now.html",
            still=bool(still),
            at=office.clock(),
            trunks=standing.trunks,
            healths=HEALTHS,
            servers_shown=SERVERS_SHOWN,
            processes=[(process, busy[process.id]) for process in standing.processes],
            calls=standing.calls[:CALLS_SHOWN],
            more=max(0, len(standing.calls) - CALLS_SHOWN),
            ages=AGES,
            waiting=[Waiting(_reason(visitor, each), each.by_age, each.oldest) for each in _in_order(standing.queued)],
        )

    return router


def _in_order(queued: Sequence[Queued]) -> Sequence[Queued]:
    """Return what waits in the order of its way: pages, channel, call; then what is called again later."""
    way = [DeliveryState.PREPARING, DeliveryState.WAITING, DeliveryState.CALLING]
    return sorted(queued, key=lambda each: (way.index(each.state), not each.due, each.outcome or ""))


def _reason(visitor: Visitor, queued: Queued) -> str:
    """Say what something waits for."""
    match queued.state:
        case DeliveryState.PREPARING:
            return visitor.say(N_("Its pages are being made"))
        case DeliveryState.CALLING:
            return visitor.say(N_("It is being called"))
        case _ if queued.due:
            return visitor.say(N_("A free channel"))
        case _ if queued.outcome is None:
            return visitor.say(N_("The time its sender has set"))
        case _:
            return f"{visitor.say(N_('Another call'))}: {visitor.say(CAUSES[queued.outcome])}"
