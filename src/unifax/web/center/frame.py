"""What each page of the fax centre stands in: who looks at it, the menu, its forms, and what is shown of a refusal.

Knows no page.
"""

import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import AccountKind, Viewer
from unifax.model.errors import (
    AccessDenied,
    Conflict,
    ContentForgotten,
    NoPagesYet,
    NotFound,
    Refused,
    TooLarge,
    TooLate,
    TooMany,
    Unavailable,
    UnifaxError,
)
from unifax.service.office import Office
from unifax.service.sending import Upload
from unifax.web.auth import tell
from unifax.web.browser import PROOF_HEADER, SAFE, Visit, is_proven, secret_or_new, visit_of
from unifax.web.languages import N_, Language
from unifax.web.oauth.parameters import Pairs, asked_in
from unifax.web.oauth.people import SIGN_IN
from unifax.web.pages import HOME, LIVE, Pages, address_here, sent_on
from unifax.web.uapi.multipart import reading

log = logging.getLogger("unifax.web")

EVERYBODY = frozenset(AccountKind)
OPERATORS = frozenset({AccountKind.ADMINISTRATOR})

SAID: Mapping[type[UnifaxError], tuple[str, str]] = {
    AccessDenied: (N_("You may not do this"), N_("Sign in as somebody who may, or load the page again.")),
    NotFound: (N_("There is nothing here"), N_("It was deleted, or it never was, or it is not yours.")),
    NoPagesYet: (N_("There are no pages yet"), N_("They are being made. Try again in a moment.")),
    TooLate: (N_("It is too late for that"), N_("Load the page again to see how things stand.")),
    Conflict: (N_("That is there already"), N_("Load the page again to see how things stand.")),
    ContentForgotten: (N_("Its content was deleted"), N_("Only its record is kept.")),
    TooMany: (N_("That was too often"), N_("Wait a little, and try again.")),
    TooLarge: (N_("That is too large"), N_("Send less at once.")),
    Refused: (N_("That did not work"), N_("Change what is said below, and try again.")),
    Unavailable: (N_("Not now"), N_("Nothing was done. Try again in a moment; if it stays so, tell who runs this.")),
}
"What is said of an error, and what to do: by the nearest branch of the tree (model/errors.py)."

_STATUS = {401: 403, 204: 400}
"A 401 would have to ask for a token (RFC 9110 11.6.1); and that there is nothing to send must be said to a person."


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page."""

    viewer: Viewer
    name: str
    language: Language
    visit: Visit

    @property
    def kind(self) -> AccountKind:
        return self.viewer.kind

    def say(self, text: str) -> str:
        """Return a text of ours in the visitor's language."""
        return self.language.gettext(text)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu."""

    label: str
    "Marked with `N_`."
    address: str
    kinds: frozenset[AccountKind] = EVERYBODY
    "Who is shown it. Whether somebody may look at the page is for its services to say."


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a form, as they were filled in."""

    pairs: Pairs

    def one(self, name: str) -> str:
        """Return a field without space around it; empty when it is not there. Of several, the first."""
        return next((value.strip() for field, value in self.pairs if field == name), "")

    def all(self, name: str) -> list[str]:
        """Return each field of this name, as it is."""
        return [value for field, value in self.pairs if field == name]


@dataclass(frozen=True, slots=True)
class Filled:
    """A form with files."""

    fields: Fields
    uploads: list[Upload]
    "Gone when the request is over."


class SignInFirst(Exception):
    """Nobody has signed in with this browser."""


class Center:
    """The fax centre, as its pages are given it."""

    def __init__(self, office: Office, pages: Pages, silence_seconds: float, menu: Sequence[Entry]) -> None:
        self.office = office
        self._pages = pages
        self._silence_seconds = silence_seconds
        self._menu = menu

    def router(self) -> APIRouter:
        """Return a router whose refusals are pages."""
        return APIRouter(
            redirect_slashes=False,
            include_in_schema=False,
            route_class=_route_class(self),
            default_response_class=Response,
        )

    async def visitor(self, request: Request) -> Visitor:
        """Return who has signed in: a dependency of routes. Raises SignInFirst, TooMany."""
        visit = await self._visit(request)
        if visit.person is None:
            raise SignInFirst
        tell(request, self.office.rates.request(visit.person.viewer))
        return Visitor(visit.person.viewer, visit.person.name, self._pages.languages.of(request), visit)

    def page(
        self, request: Request, visitor: Visitor, template: str, status: int = 200, /, **values: object
    ) -> Response:
        """Return a page, or a part of one: whatever the template makes."""
        framed = self._framed(request, visitor) | values
        return self._pages.show(request, visitor.visit, template, framed, status, policy=LIVE)

    def rendered(self, request: Request, visitor: Visitor, template: str, **values: object) -> str:
        """Return the HTML of a page that is sent in pieces."""
        return self._pages.rendered(request, visitor.visit, template, self._framed(request, visitor) | values)

    async def form(self, request: Request, visitor: Visitor) -> Fields:
        """Return the fields of a form of ours. Raises AccessDenied, RequestInvalid, TooLarge, TooSlow."""
        fields = Fields(await asked_in(request, self._silence_seconds))
        _prove(request, visitor, fields)
        return fields

    @asynccontextmanager
    async def files(self, request: Request, visitor: Visitor) -> AsyncIterator[Filled]:
        """Read a form of ours that has files; they are forgotten afterwards. Raises as `form`, and Unavailable."""
        blobs, limit = self.office.sending.blobs, self.office.sending.limits.bytes
        stage, discard = blobs.stage, blobs.discard
        async with reading(request, limit, self._silence_seconds, stage, discard, keep_fields=True) as form:
            fields = Fields(form.fields)
            _prove(request, visitor, fields)
            yield Filled(fields, form.uploads)

    async def refused(self, request: Request, error: Refused | Unavailable) -> Response:
        """Return the page, or the line of one, that says why something was not done."""
        title, advice = next(SAID[kind] for kind in type(error).__mro__ if kind in SAID)
        language = self._pages.languages.of(request)
        values = {"title": language.gettext(title), "advice": language.gettext(advice), "detail": "", "then": HOME}
        if isinstance(error, Unavailable):  # it may be the database that is, so nobody is looked for there
            visit, status = Visit(*secret_or_new(request), person=None), 503
        else:
            visit, status = await self._visit(request), _STATUS.get(error.status, error.status)
            values["detail"] = str(error)
        if is_htmx(request):
            response = self._pages.show(request, visit, "told.html", values, status, policy=LIVE)
        elif visit.person is None:
            response = self._pages.show(request, visit, "notice.html", values | {"text": values["advice"]}, status)
        else:
            visitor = Visitor(visit.person.viewer, visit.person.name, language, visit)
            response = self.page(request, visitor, "refused.html", status, **values)
        if isinstance(error, TooMany | Unavailable):
            response.headers["Retry-After"] = str(error.retry_after_seconds)
        return response

    async def _visit(self, request: Request) -> Visit:
        return await visit_of(request, self.office.db, self.office.clock())

    def _framed(self, request: Request, visitor: Visitor) -> dict[str, object]:
        menu = [
            (entry.address, entry.label, _is_within(request.url.path, entry.address))
            for entry in self._menu
            if visitor.kind in entry.kinds
        ]
        return {"visitor": visitor, "menu": menu}


def is_htmx(request: Request) -> bool:
    """Whether htmx asks, for a part of a page."""
    return "hx-request" in request.headers


def _route_class(center: Center) -> type[APIRoute]:
    """Return a sort of route that answers as pages do."""

    class PageRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[object, object, Response]]:
            answer = super().get_route_handler()

            async def answered(request: Request) -> Response:
                try:
                    return await answer(request)
                except SignInFirst:
                    return _sign_in_first(request)
                except Unavailable as error:
                    log.error("%s unavailable: %s", request.state.request_id, error, exc_info=error.__cause__)
                    return await center.refused(request, error)
                except Refused as error:
                    return await center.refused(request, error)

            return answered

    return PageRoute


def _sign_in_first(request: Request) -> Response:
    """Send the browser to sign in, and back to where it was: htmx by its own header, since it follows a 303 itself."""
    if is_htmx(request):
        shown = urlsplit(request.headers.get("hx-current-url", ""))
        back = shown.path + (f"?{shown.query}" if shown.query else "")
        return Response(status_code=401, headers={"HX-Redirect": f"{SIGN_IN}?{urlencode({'then': back})}"})
    then = address_here(request) if request.method in SAFE else HOME
    return sent_on(SIGN_IN if then == HOME else f"{SIGN_IN}?{urlencode({'then': then})}")


def _prove(request: Request, visitor: Visitor, fields: Fields) -> None:
    """See that a page of ours made a request. Raises AccessDenied."""
    shown = request.headers.get(PROOF_HEADER) or fields.one("proof")
    if not is_proven(request, visitor.visit.secret, shown):
        raise AccessDenied("This form is not good any more. Load the page again, and try again.")


def _is_within(path: str, address: str) -> bool:
    return path == address or (address != HOME and path.startswith(address + "/"))
