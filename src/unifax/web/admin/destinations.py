"""Numbers that were called, and how they are to be: for administrators. Reads requests and writes answers."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import StrictBool
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.audit import Action
from unifax.model.call import Media
from unifax.model.destination import Destination
from unifax.model.manner import Ability, Modem, Pin
from unifax.model.outcome import Outcome
from unifax.model.paper import Resolution
from unifax.service import destinations
from unifax.service.office import Office
from unifax.store.destinations import DESTINATION_FILTERS, destination_page
from unifax.web.admin.asking import administrators, body, refusals, written
from unifax.web.admin.shapes import Asked as Body
from unifax.web.admin.shapes import asked_of
from unifax.web.auth import Door
from unifax.web.uapi.collections import ENTRY, Asked, Collection, CollectionShape, answer
from unifax.web.uapi.shape import Moment, Shape
from unifax.web.uapi.shapes import MannerShape, manner_shape

PublicNumber = Annotated[str, Path(description="A number as faxes are sent to it, in any spelling.")]


class AbilityShape(Shape):
    """What a machine says it can do."""

    ecm: bool
    modem: Modem
    "Its fastest."
    resolutions: list[Resolution]
    "Of the pages that it takes."


class PinShape(Shape):
    """What was decided for a number; what is missing is left to the service."""

    t38: bool | None = None
    ecm: bool | None = None
    modem: Modem | None = None
    resolution: Resolution | None = None
    "The finest pages that it is sent."


class ExperienceShape(Shape):
    """How faxes went in one manner, by one trunk."""

    trunk: str
    manner: MannerShape
    worked_at: Moment | None
    "When one last came through."
    failed_at: Moment | None
    "When a call last failed in this manner."
    failures: int
    "In a row, since it last worked."
    outcome: Outcome | None
    "Of the last failure."
    media: Media | None
    "How its fax went."
    bits_per_second: int | None
    "As agreed last."


class DestinationShape(Shape):
    """A number, and what calling it has taught."""

    model_config = ENTRY

    number: str
    unanswered: int
    "Calls in a row that nobody answered."
    tried_at: Moment | None
    "When the last call ended."
    far_station_id: str | None
    "What the machine there calls itself."
    far_ability: AbilityShape | None
    "What it said, when last asked, that it can do."
    pin: PinShape | None
    known: list[ExperienceShape]


class PinAsked(Body):
    """What is decided for a number. What is not said is left to the service."""

    t38: StrictBool | None = None
    ecm: StrictBool | None = None
    modem: Modem | None = None
    resolution: Resolution | None = None


def destination_routes(office: Office, door: Door, silence_seconds: float) -> APIRouter:
    """Return the routes under `/admin/destinations`."""
    db, public = office.db, office.sending.recipients.public
    router = APIRouter(prefix="/admin/destinations", redirect_slashes=False)
    administrator = Depends(administrators(door, db, destinations.runs_the_line))
    collection = Collection(DestinationShape, DESTINATION_FILTERS)

    @router.api_route("", methods=["GET", "HEAD"], response_model=CollectionShape[DestinationShape])
    async def list_destinations(
        request: Request, viewer: Annotated[Viewer, administrator], asked: Annotated[Asked, Depends(collection.asked)]
    ) -> Response:
        """List the numbers of which anything is known."""
        listing, found = await db.aread(destination_page, asked.window)
        return answer(request, asked, listing, [destination_shape(each) for each in found])

    @router.api_route("/{number}", methods=["GET", "HEAD"], response_model=DestinationShape, responses=refusals(404))
    async def show_destination(viewer: Annotated[Viewer, administrator], number: PublicNumber) -> Response:
        """Show what is known of a number."""
        return written(destination_shape(await db.aread(destinations.destination, public(number))))

    @router.put(
        "/{number}",
        response_model=DestinationShape,
        openapi_extra=body(PinAsked, required=False),
        responses=refusals(408, 413),
    )
    async def pin_destination(
        request: Request, viewer: Annotated[Viewer, administrator], number: PublicNumber
    ) -> Response:
        """Decide how a number is called, in place of what was decided before. An empty object decides nothing."""
        asked = await asked_of(request, PinAsked, silence_seconds)
        pin = Pin(asked.t38, asked.ecm, asked.modem, asked.resolution)
        subject, called = f"number {public(number)}", public(number)
        pinned = await office.act_on(viewer, Action.DESTINATION_PINNED, subject, destinations.pin, called, pin)
        return written(destination_shape(pinned))

    @router.delete("/{number}", status_code=204, responses=refusals(404))
    async def forget_destination(viewer: Annotated[Viewer, administrator], number: PublicNumber) -> Response:
        """Forget what is known of a number and was decided for it."""
        subject, called = f"number {public(number)}", public(number)
        await office.act_on(viewer, Action.DESTINATION_FORGOTTEN, subject, destinations.forget, called)
        return Response(status_code=204)

    return router


def destination_shape(destination: Destination) -> DestinationShape:
    pin, can = destination.pin, destination.far_ability
    return DestinationShape(
        number=destination.number,
        unanswered=destination.unanswered,
        tried_at=destination.tried_at,
        far_station_id=destination.far_station_id,
        far_ability=None if can is None else _ability(can),
        pin=None if pin == Pin() else PinShape(t38=pin.t38, ecm=pin.ecm, modem=pin.modem, resolution=pin.resolution),
        known=list(_known(destination)),
    )


def _known(destination: Destination) -> Iterator[ExperienceShape]:
    for trunk, experiences in destination.known.items():
        for each in experiences:
            yield ExperienceShape(
                trunk=trunk,
                manner=manner_shape(each.manner),
                worked_at=each.worked_at,
                failed_at=each.failed_at,
                failures=each.failures,
                outcome=None if each.failure is None else each.failure.outcome,
                media=None if each.failure is None else each.failure.media,
                bits_per_second=each.bits_per_second,
            )


def _ability(can: Ability) -> AbilityShape:
    return AbilityShape(
        ecm=can.ecm, modem=can.modem, resolutions=[each for each in Resolution if each in can.resolutions]
    )
