"""Calls from outside that brought no page: for administrators. Reads requests and writes answers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.audit import Action
from unifax.model.diagram import diagram
from unifax.model.incoming import MissedCall
from unifax.service.destinations import runs_the_line
from unifax.service.office import Office
from unifax.service.recording import missed, missed_packets
from unifax.store.missed_calls import MISSED_FILTERS, missed_page
from unifax.web.admin.asking import administrators, id_of
from unifax.web.auth import Door
from unifax.web.uapi.collections import ENTRY, Asked, Collection, CollectionShape, answer
from unifax.web.uapi.shape import Moment, Shape
from unifax.web.uapi.transcripts import BINARY, GZIP, TEXT, EntryShape, entry_shape, packets_file, told

MissedId = Annotated[str, Path(description="The `id` of a missed call.")]


class MissedCallShape(Shape):
    """A call from outside that was refused, or brought no page."""

    model_config = ENTRY

    id: str
    missed_at: Moment
    trunk: str
    caller: str
    called: str
    "The number that was dialled."
    reason: str
    "How it ended, as of calls to the outside; or `no_such_number`, `no_fax`, `busy`, `full`: it was not answered."
    begun_at: Moment
    sip_call_id: str
    recorded: bool
    "Whether there is more in its transcript than this."


class MissedTranscriptShape(Shape):
    """What happened in a call that brought no page."""

    call: MissedCallShape
    entries: list[EntryShape]


def missed_routes(office: Office, door: Door) -> APIRouter:
    """Return the routes under `/admin/missed-calls`."""
    db = office.db
    router = APIRouter(prefix="/admin/missed-calls", redirect_slashes=False)
    administrator = Depends(administrators(door, db, runs_the_line))
    collection = Collection(MissedCallShape, MISSED_FILTERS, newest_first=True)

    @router.api_route("", methods=["GET", "HEAD"], response_model=CollectionShape[MissedCallShape])
    async def list_missed_calls(
        request: Request, viewer: Annotated[Viewer, administrator], asked: Annotated[Asked, Depends(collection.asked)]
    ) -> Response:
        """List the calls from outside that brought no page."""
        listing, found = await db.aread(missed_page, asked.window)
        return answer(request, asked, listing, [missed_shape(each) for each in found])

    @router.api_route(
        "/{missed_id}/transcript",
        methods=["GET", "HEAD"],
        response_model=MissedTranscriptShape,
        response_model_exclude_none=True,
        summary="Show what happened in a missed call",
        responses={200: {"content": {TEXT: {"schema": {"type": "string"}}}}, 404: {}},
    )
    async def show_missed_call(
        request: Request, viewer: Annotated[Viewer, administrator], missed_id: MissedId
    ) -> Response:
        """Show what was recorded of a call that brought no page; of one that was refused, only why."""
        call, entries = await db.aread(missed, id_of(missed_id, "call"))
        await office.note(viewer, Action.TRANSCRIPT_READ, call)
        text = (
            f"Missed call {call.id}, begun {call.begun_at:%Y-%m-%d %H:%M:%S} UTC\n{call.reason}\n\n{diagram(entries)}"
        )
        shape = MissedTranscriptShape(call=missed_shape(call), entries=[entry_shape(each) for each in entries])
        return told(request, text, shape)

    @router.api_route(
        "/{missed_id}/packets.pcap.gz",
        methods=["GET", "HEAD"],
        response_class=Response,
        summary="The packets of a missed call",
        responses={200: {"description": "pcap, gzipped.", "content": {GZIP: BINARY}}, 404: {}},
    )
    async def packets_of_missed_call(viewer: Annotated[Viewer, administrator], missed_id: MissedId) -> Response:
        """Hand out its signalling and media as pcap, if `line.record_packets` is on."""
        call, file = await db.aread(missed_packets, id_of(missed_id, "call"))
        await office.note(viewer, Action.PACKETS_READ, call)
        return packets_file(file, f"missed-{int(missed_id)}")

    return router


def missed_shape(call: MissedCall) -> MissedCallShape:
    return MissedCallShape(
        id=str(call.id),
        missed_at=call.missed_at,
        trunk=call.trunk,
        caller=call.caller,
        called=call.called,
        reason=call.reason,
        begun_at=call.begun_at,
        sip_call_id=call.sip_call_id,
        recorded=call.recorded,
    )
