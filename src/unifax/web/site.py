"""The site: every route, in one ASGI application, made from what it is given. Knows no settings and no server."""

from collections.abc import Callable
from uuid import uuid4

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from unifax.model.trace import UNTRACED, Traces
from unifax.service.office import Office
from unifax.web.admin.accounts import account_routes
from unifax.web.admin.apps import app_routes
from unifax.web.admin.audit import audit_routes
from unifax.web.admin.destinations import destination_routes
from unifax.web.admin.extensions import extension_routes
from unifax.web.admin.missed_calls import missed_routes
from unifax.web.admin.trunks import trunk_routes
from unifax.web.auth import Door
from unifax.web.center.rooms import center_routes
from unifax.web.edge import Edge
from unifax.web.metrics import Watch
from unifax.web.oauth.people import people_routes
from unifax.web.oauth.token import token_routes
from unifax.web.ops import ops_routes
from unifax.web.pages import Pages
from unifax.web.reference import reference_routes
from unifax.web.uapi.control import control_routes
from unifax.web.uapi.covers import cover_routes
from unifax.web.uapi.documents import document_routes
from unifax.web.uapi.errors import answer_errors
from unifax.web.uapi.faxes import fax_routes
from unifax.web.uapi.hooks import hook_routes
from unifax.web.uapi.keeping import keeping_routes
from unifax.web.uapi.live import live_routes
from unifax.web.uapi.reading import reading_routes
from unifax.web.uapi.receipts import receipt_routes
from unifax.web.uapi.reports import report_routes
from unifax.web.uapi.transcripts import transcript_routes
from unifax.web.uapi.uploads import upload_routes

SILENCE_SECONDS = 60.0
"A client that sends nothing for so long while we wait for its body has gone."


def _random_id() -> str:
    return uuid4().hex[:16]


def routers(office: Office, door: Door, silence_seconds: float, watch: Watch | None = None) -> list[APIRouter]:
    """Return all routes there are."""
    pages = Pages(office.zone)
    services = [
        ops_routes(office, watch or Watch()),
        live_routes(office, door),
        reading_routes(office, door, silence_seconds),
        document_routes(office, door),
        transcript_routes(office, door),
        receipt_routes(office, door),
        report_routes(office, door),
        fax_routes(office, door, silence_seconds),
        control_routes(office, door, silence_seconds),
        keeping_routes(office, door),
        token_routes(office, silence_seconds),
        people_routes(office, pages, silence_seconds),
        upload_routes(office, silence_seconds),
        cover_routes(office, door),
        hook_routes(office, door, silence_seconds),
        account_routes(office, door, silence_seconds),
        extension_routes(office, door, silence_seconds),
        app_routes(office, door, silence_seconds),
        destination_routes(office, door, silence_seconds),
        trunk_routes(office, door),
        missed_routes(office, door),
        audit_routes(office, door),
    ]
    center = center_routes(office, pages, silence_seconds)
    return [*services, reference_routes(services), pages.assets.routes(), *center]


def make_site(
    office: Office,
    new_request_id: Callable[[], str] = _random_id,
    silence_seconds: float = SILENCE_SECONDS,
    traces: Traces = UNTRACED,
) -> ASGIApp:
    """Return the ASGI application. Serve it without an access log: addresses carry numbers and sometimes tokens."""
    app = FastAPI(title="Unifax", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    door = Door(office.db, office.clock, office.rates)
    watch = Watch()
    office.db.heed = watch.transaction
    for router in routers(office, door, silence_seconds, watch):
        app.router.routes.extend(router.routes)  # they are whole: to include them would make each anew
    answer_errors(app, door.viewer)
    return Edge(app, office.clock, new_request_id, office.public_url, watch, traces)
