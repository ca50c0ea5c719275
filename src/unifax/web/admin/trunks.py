"""The trunks and how they are doing: for administrators. Reads requests and writes answers."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.trunk import Health, ServerState, SipCounts, TrunkState, states
from unifax.service.destinations import runs_the_line
from unifax.service.office import Office
from unifax.store import trunks
from unifax.store.db import Connection
from unifax.web.admin.asking import administrators, written
from unifax.web.auth import Door
from unifax.web.uapi.shape import Moment, Shape


class ServerShape(Shape):
    """A SIP server of a trunk."""

    server: str
    "Its address, and what carries SIP there: `192.0.2.1:5060 udp`."
    health: Health
    since: Moment | None
    status: int | None
    "Of its last answer to OPTIONS or REGISTER; 408 is none."
    registered_until: Moment | None


class TrunkShape(Shape):
    """A way to numbers."""

    name: str
    health: Health
    "Up while one of its servers is; `unknown` while they are not asked, or have not answered yet."
    calls_up: int
    channels: int
    "Calls at once, at most."
    servers: list[ServerShape]
    "Those that are known of: where their names lead."


class SipCountsShape(Shape):
    """What one process has turned away at its SIP port since it began."""

    process: str
    began_at: Moment
    strangers: int
    "Datagrams of those who are no trunk; nobody has read them, but for the knocks."
    knocks: int
    "Calls of strangers that were asked for a password."
    floods: int
    "Calls of strangers that came in too great a number to be asked."
    malformed: int
    "Datagrams that were no SIP."
    refused: int
    "Calls of trunks that were not answered."


class TrunksShape(Shape):
    trunks: list[TrunkShape]
    turned_away: list[SipCountsShape]
    "Where calls come in."


def trunk_routes(office: Office, door: Door) -> APIRouter:
    """Return the routes under `/admin/trunks`."""
    db = office.db
    router = APIRouter(prefix="/admin/trunks", redirect_slashes=False)
    administrator = Depends(administrators(door, db, runs_the_line))

    @router.api_route("", methods=["GET", "HEAD"], response_model=TrunksShape)
    async def list_trunks(viewer: Annotated[Viewer, administrator]) -> Response:
        """List the trunks, whether their servers answer, the calls that are up, and what was turned away."""

        def read(conn: Connection) -> tuple[list[TrunkState], list[SipCounts]]:
            now = office.clock()
            known = states(trunks.sightings(conn, now), office.channels, trunks.calls_up(conn))
            return known, trunks.counted(conn, now)

        known, counts = await db.aread(read)
        turned_away = [SipCountsShape.model_validate(asdict(each)) for each in counts]
        return written(TrunksShape(trunks=[trunk_shape(each) for each in known], turned_away=turned_away))

    return router


def trunk_shape(trunk: TrunkState) -> TrunkShape:
    return TrunkShape(
        name=trunk.trunk,
        health=trunk.health,
        calls_up=trunk.calls_up,
        channels=trunk.channels,
        servers=[_server_shape(each) for each in trunk.servers],
    )


def _server_shape(state: ServerState) -> ServerShape:
    return ServerShape(
        server=state.server,
        health=state.health,
        since=state.since,
        status=state.status,
        registered_until=state.registered_until,
    )
