"""What was recorded of calls: a ladder for people, JSON for programs, packets for analysers. Decides nothing."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from unifax.model.accounts import Viewer
from unifax.model.advice import Advice, Symptoms, advice, media_of
from unifax.model.audit import Action
from unifax.model.diagram import diagram
from unifax.model.fax import CallView
from unifax.model.outcome import MEANING
from unifax.model.transcript import Entry, Layer, Way
from unifax.service.office import Office
from unifax.service.recording import packets, packets_received, transcript, transcript_received
from unifax.web.auth import Door
from unifax.web.uapi.errors import Json
from unifax.web.uapi.shape import Shape
from unifax.web.uapi.shapes import CallShape, call_shape

TEXT, JSON, GZIP = "text/plain", "application/json", "application/gzip"
CALL = "/faxes/{user}/{extension}/{fax_id}/recipients/{position}/calls/{number}"
INBOX = "/inbox/{user}/{extension}/{inbox_id}"
BINARY = {"schema": {"type": "string", "format": "binary"}}


class EntryShape(Shape):
    """One thing that happened in a call."""

    at: float = Field(description="Seconds since the call was begun.")
    layer: Layer
    way: Way | None = Field(default=None, description="To us or from us; absent for what nobody sent.")
    text: str = Field(description="Of a SIP message: its start line, the headers that matter, its SDP.")
    counts: dict[str, int] | None = Field(default=None, description="Of media datagrams.")


class AdviceShape(Shape):
    """Why a call failed, most likely, and what would help."""

    cause: str
    remedy: str


class TranscriptShape(Shape):
    """What happened in a call."""

    call: CallShape
    advice: AdviceShape | None = None
    entries: list[EntryShape]


class ReceivedTranscriptShape(Shape):
    """What happened in a call that has brought a fax."""

    entries: list[EntryShape]


def transcript_routes(office: Office, door: Door) -> APIRouter:
    """Return the routes of transcripts."""
    router = APIRouter(prefix="/uapi", redirect_slashes=False)

    @router.api_route(
        f"{CALL}/transcript",
        methods=["GET", "HEAD"],
        response_model=TranscriptShape,
        response_model_exclude_none=True,
        summary="Show what happened in a call",
        responses={200: {"content": {TEXT: {"schema": {"type": "string"}}}}, 404: {}},
    )
    async def show_transcript(
        request: Request,
        viewer: Annotated[Viewer, Depends(door.viewer)],
        user: str,
        extension: str,
        fax_id: str,
        position: str,
        number: str,
    ) -> Response:
        """Show the SIP messages, the frames of T.30 in plain words, what was lost on the way, and how it ended.

        `Accept: application/json` asks for JSON; else it is text. It is kept for `line.keep_transcripts_days`.
        """
        fax, call, entries = await office.db.aread(transcript, viewer, user, extension, fax_id, position, number)
        await office.note(viewer, Action.TRANSCRIPT_READ, fax, {"recipient": int(position), "call": call.number})
        likely = _advice(call, entries)
        shape = TranscriptShape(
            call=call_shape(call),
            advice=AdviceShape(cause=likely.cause, remedy=likely.remedy) if likely else None,
            entries=[entry_shape(each) for each in entries],
        )
        return told(request, _text(call, likely, entries), shape)

    @router.api_route(
        f"{CALL}/packets.pcap.gz",
        methods=["GET", "HEAD"],
        response_class=Response,
        summary="The packets of a call",
        responses={200: {"description": "pcap, gzipped.", "content": {GZIP: BINARY}}, 404: {}},
    )
    async def packets_of_call(
        viewer: Annotated[Viewer, Depends(door.viewer)],
        user: str,
        extension: str,
        fax_id: str,
        position: str,
        number: str,
    ) -> Response:
        """Hand out the signalling and media of a call as pcap, without page content, if `line.record_packets` is on."""
        fax, file = await office.db.aread(packets, viewer, user, extension, fax_id, position, number)
        await office.note(viewer, Action.PACKETS_READ, fax, {"recipient": int(position), "call": int(number)})
        return packets_file(file, f"fax-{int(fax_id)}-{position}-{number}")

    @router.api_route(
        f"{INBOX}/transcript",
        methods=["GET", "HEAD"],
        response_model=ReceivedTranscriptShape,
        response_model_exclude_none=True,
        summary="Show what happened in the call that brought a fax",
        responses={200: {"content": {TEXT: {"schema": {"type": "string"}}}}, 404: {}},
    )
    async def show_transcript_received(
        request: Request, viewer: Annotated[Viewer, Depends(door.viewer)], user: str, extension: str, inbox_id: str
    ) -> Response:
        """Show the same of a call from outside. Of a fax from an extension of this service there is none."""
        fax, entries = await office.db.aread(transcript_received, viewer, user, extension, inbox_id)
        await office.note(viewer, Action.TRANSCRIPT_READ, fax)
        text = f"Fax {fax.id}, received {fax.received_at:%Y-%m-%d %H:%M:%S} UTC\n\n{diagram(entries)}"
        return told(request, text, ReceivedTranscriptShape(entries=[entry_shape(each) for each in entries]))

    @router.api_route(
        f"{INBOX}/packets.pcap.gz",
        methods=["GET", "HEAD"],
        response_class=Response,
        summary="The packets of the call that brought a fax",
        responses={200: {"description": "pcap, gzipped.", "content": {GZIP: BINARY}}, 404: {}},
    )
    async def packets_of_received(
        viewer: Annotated[Viewer, Depends(door.viewer)], user: str, extension: str, inbox_id: str
    ) -> Response:
        """Hand out the same of a call from outside."""
        fax, file = await office.db.aread(packets_received, viewer, user, extension, inbox_id)
        await office.note(viewer, Action.PACKETS_READ, fax)
        return packets_file(file, f"received-{int(inbox_id)}")

    return router


def told(request: Request, text: str, shape: Shape) -> Response:
    """Answer in the form that is asked for."""
    vary = {"Vary": "Accept"}
    if wants_json(request.headers.get("Accept", "")):
        return Json(shape.model_dump(mode="json", by_alias=True, exclude_none=True), headers=vary)
    return PlainTextResponse(text, headers=vary)


def packets_file(file: bytes, name: str) -> Response:
    return Response(file, media_type=GZIP, headers={"Content-Disposition": f'attachment; filename="{name}.pcap.gz"'})


def entry_shape(entry: Entry) -> EntryShape:
    counts = dict(entry.counts) or None
    return EntryShape(at=round(entry.at, 3), layer=entry.layer, way=entry.way, text=entry.text, counts=counts)


def wants_json(accept: str) -> bool:
    """Whether an Accept header would rather have JSON than text (RFC 9110 12.5.1): only when it names JSON."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        kind, *parameters = [piece.strip() for piece in part.split(";")]
        weights[kind] = next((_weight(each[2:]) for each in parameters if each.startswith("q=")), 1.0)
    return weights.get(JSON, 0.0) > 0 and weights[JSON] >= weights.get(TEXT, 0.0)


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _advice(call: CallView, entries: Sequence[Entry]) -> Advice | None:
    if call.outcome is None:
        return None
    came, share_lost = media_of(entries)
    return advice(Symptoms(call.outcome, call.sip_status, call.media, call.answered_at is not None, came, share_lost))


def _text(call: CallView, likely: Advice | None, entries: Sequence[Entry]) -> str:
    lines = [f"Call {call.number}, begun {call.started_at:%Y-%m-%d %H:%M:%S} UTC"]
    if call.outcome is not None:
        lines.append(f"{call.outcome}: {MEANING[call.outcome].text}")
    if likely is not None:
        lines += [f"Likely cause: {likely.cause}", f"What helps: {likely.remedy}"]
    return "\n".join([*lines, "", diagram(entries)])
