"""The pages on which a person signs in and lets an App act: `/oauth/authorize.php`, `/sign-in`, `/sign-out`; and the
language in which pages are.

Reads forms and shows pages; decides nothing. Nobody is sent to an address that is not registered for the App, nor from
a form of ours to anywhere but a page of ours.
"""

import logging
import re
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import AccountKind
from unifax.model.audit import Action
from unifax.model.errors import Refused, RequestInvalid, TooMany
from unifax.model.oauth import Trouble
from unifax.service.consenting import Asked, SentBack, Stranger, consent, may_consent, read_request, way_back
from unifax.service.office import Office
from unifax.service.signing_in import sign_in
from unifax.store.sessions import end_session
from unifax.web.auth import address_of, tell
from unifax.web.browser import Visit, is_proven, remember, visit_of
from unifax.web.edge import origin_of
from unifax.web.languages import N_, remember_language
from unifax.web.oauth.parameters import asked_in, once, query_pairs
from unifax.web.oauth.shapes import AUTHORIZE
from unifax.web.pages import HOME, Pages, sent_on

log = logging.getLogger("unifax.web")

SIGN_IN, SIGN_OUT, CONSENT, LANGUAGE = "/sign-in", "/sign-out", "/oauth/consent", "/language"

_HERE = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", re.ASCII)
_NOT_OURS = N_(
    "It did not come from a page of ours, or that page is too old. Allow cookies, load it again, and try again."
)
_REACH: Mapping[AccountKind, str] = {
    AccountKind.ADMINISTRATOR: N_("everybody here"),
    AccountKind.ORGANIZATION: N_("you and every user of your organization"),
    AccountKind.USER: N_("you"),
}
_WRONG = N_("This login and password do not belong together.")
_CANNOT_BE_LET_IN = N_("This App cannot be let in")


def people_routes(office: Office, pages: Pages, silence_seconds: float) -> APIRouter:
    """Return the routes that people use, with a browser."""
    desk = _Desk(office, pages, silence_seconds)
    router = APIRouter(redirect_slashes=False, include_in_schema=False)
    router.add_api_route(AUTHORIZE, desk.ask, methods=["GET", "HEAD"])
    router.add_api_route(AUTHORIZE, desk.ask_again, methods=["POST"])
    router.add_api_route(CONSENT, desk.answer, methods=["POST"])
    router.add_api_route(SIGN_IN, desk.door, methods=["GET", "HEAD"])
    router.add_api_route(SIGN_IN, desk.come_in, methods=["POST"])
    router.add_api_route(SIGN_OUT, desk.leave, methods=["POST"])
    router.add_api_route(LANGUAGE, desk.speak, methods=["POST"])
    return router


def place_here(then: str) -> str:
    """Return a place of this site that a form named, or the fax centre: never another site (open redirect)."""
    return then if _HERE.fullmatch(then) else HOME


class _Desk:
    """Where people are served."""

    def __init__(self, office: Office, pages: Pages, silence_seconds: float) -> None:
        self._office = office
        self._silence_seconds = silence_seconds
        self._pages = pages

    async def ask(self, request: Request) -> Response:
        """An App sends somebody to be asked (RFC 6749 4.1.1)."""
        visit = await self._visit(request)
        try:
            found = await self._office.db.aread(read_request, query_pairs(request.url.query))
        except RequestInvalid as error:
            found = Stranger(str(error))
        match found:
            case Stranger(reason):
                return self._notice(request, visit, 400, _CANNOT_BE_LET_IN, reason)
            case SentBack(back, state, denied):
                told = {"error": denied.trouble.value, "error_description": denied.description}
                return sent_on(way_back(back, state, origin_of(request), **told))
            case Asked():
                return await self._ask(request, visit, found)

    async def ask_again(self, request: Request) -> Response:
        """An App may also send somebody by POST (RFC 6749 3.1). With its GET our cookie will come, too."""
        try:
            pairs = await asked_in(request, self._silence_seconds)
        except Refused as error:
            return self._notice(request, await self._visit(request), error.status, _CANNOT_BE_LET_IN, str(error))
        return sent_on(f"{AUTHORIZE}?{urlencode(pairs)}")

    async def answer(self, request: Request) -> Response:
        """A person has said yes or no."""
        visit = await self._visit(request)
        form = await self._form(request, visit)
        if isinstance(form, Response):
            return form
        query = form.get("request", "")
        code: str | None = None
        found = await self._office.db.aread(read_request, query_pairs(query))
        if visit.person is None or not isinstance(found, Asked):
            return sent_on(f"{AUTHORIZE}?{urlencode(query_pairs(query))}")  # which says what has become of it
        if form.get("answer") == "yes":
            viewer, subject = visit.person.viewer, f"app {found.client.id}"
            asked = (viewer, found, self._office.clock())
            code = await self._office.act_on(viewer, Action.CONSENTED, subject, consent, *asked)
        told = {"code": code} if code is not None else {"error": Trouble.ACCESS_DENIED.value}
        return sent_on(way_back(found.back, found.state, origin_of(request), **told))

    async def door(self, request: Request) -> Response:
        """Somebody comes to sign in, or to sign out."""
        visit = await self._visit(request)
        if visit.person is not None:
            return self._notice(
                request,
                visit,
                200,
                N_("You are signed in"),
                N_("Close the browser or sign out when you leave."),
            )
        return self._sign_in(request, visit, place_here(request.query_params.get("then", "")))

    async def come_in(self, request: Request) -> Response:
        """Somebody says who it is."""
        visit = await self._visit(request)
        form = await self._form(request, visit)
        if isinstance(form, Response):
            return form
        login, then = form.get("login", ""), place_here(form.get("then", ""))
        try:
            tell(request, self._office.rates.sign_in(login, address_of(request)))
        except TooMany as error:
            wait = error.retry_after_seconds
            wrong = self._pages.languages.of(request).ngettext(
                "That was tried too often. Try again in %(wait)d second.",
                "That was tried too often. Try again in %(wait)d seconds.",
                wait,
            ) % {"wait": wait}
            refused = self._sign_in(request, visit, then, login, wrong, error.status)
            refused.headers["Retry-After"] = str(wait)
            return refused
        office = self._office
        secret = await sign_in(office.db, office.passwords, login, form.get("password", ""), office.clock())
        if secret is None:
            log.info("%s did not sign in", request.state.request_id)
            return self._sign_in(request, visit, then, login, _WRONG, 403)
        await office.db.awrite(end_session, visit.secret)
        log.info("%s signed in", request.state.request_id)
        response = sent_on(then)
        remember(request, response, secret)
        return response

    async def leave(self, request: Request) -> Response:
        """Somebody signs out."""
        visit = await self._visit(request)
        form = await self._form(request, visit)
        if isinstance(form, Response):
            return form
        if visit.person is not None:
            viewer = visit.person.viewer
            await self._office.act_on(
                viewer, Action.SIGNED_OUT, f"account {viewer.account_id}", end_session, visit.secret
            )
        return sent_on(place_here(form.get("then", "")))

    async def speak(self, request: Request) -> Response:
        """Somebody chooses a language."""
        visit = await self._visit(request)
        form = await self._form(request, visit)
        if isinstance(form, Response):
            return form
        response = sent_on(place_here(form.get("then", "")))
        language = self._pages.languages.named(form.get("language", ""))
        if language is not None:
            remember_language(response, language, secure=request.url.scheme == "https")
        return response

    async def _visit(self, request: Request) -> Visit:
        return await visit_of(request, self._office.db, self._office.clock())

    async def _form(self, request: Request, visit: Visit) -> dict[str, str] | Response:
        """Return the fields of a form of ours, or the page that says that it is none."""
        try:
            form = dict(once(await asked_in(request, self._silence_seconds)))
        except Refused as error:
            return self._notice(request, visit, error.status, N_("This form cannot be read"), str(error))
        if not is_proven(request, visit.secret, form.get("proof", "")):
            return self._notice(request, visit, 403, N_("This form is not good any more"), _NOT_OURS)
        return form

    async def _ask(self, request: Request, visit: Visit, asked: Asked) -> Response:
        """Ask who it is; then, whether the App may come in."""
        query = urlencode(query_pairs(request.url.query))
        here = f"{AUTHORIZE}?{query}"
        if visit.person is None:
            return self._sign_in(request, visit, here)
        if not await self._office.db.aread(may_consent, visit.person.viewer, asked.client):
            reason = self._say(request, N_("“%(app)s” belongs to another account, and may not act for yours."))
            reason %= {"app": asked.client.name}
            return self._notice(request, visit, 403, N_("This App is not for you"), reason, here)
        values = {
            "app": asked.client.name,
            "request": query,
            "reach": self._say(request, _REACH[visit.person.viewer.kind]),
            "where": urlsplit(asked.back).netloc,
            "then": here,
        }
        return self._pages.show(request, visit, "consent.html", values, leads_to=asked.back)

    def _sign_in(
        self, request: Request, visit: Visit, then: str, login: str = "", wrong: str = "", status: int = 200
    ) -> Response:
        values = {"then": then, "login": login, "wrong": wrong and self._say(request, wrong)}
        return self._pages.show(request, visit, "sign-in.html", values, status)

    def _notice(
        self, request: Request, visit: Visit, status: int, title: str, text: str, then: str = SIGN_IN
    ) -> Response:
        values = {"title": self._say(request, title), "text": self._say(request, text), "then": then}
        return self._pages.show(request, visit, "notice.html", values, status)

    def _say(self, request: Request, text: str) -> str:
        """Return a text of ours in the language of the browser; any other is left as it is."""
        return self._pages.languages.of(request).gettext(text)
