"""Pages for people, rendered on the server. Knows no routes and no accounts.

Templates beside this module are OAuth's and the frame of all; those of the fax centre lie in its own folder. A template
is given what its route gives it, and what `Pages.show` says of each page: `language`, `proof`, `person`, `here`.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from urllib.parse import urlsplit

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from unifax.web.assets import Assets
from unifax.web.browser import SAFE, Visit, remember
from unifax.web.languages import Language, Languages

HOME = "/"
"Where the fax centre begins."
HTMX = '{"allowEval":false,"includeIndicatorStyles":false,"historyCacheSize":0,"selfRequestsOnly":true,' + (
    '"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},'
    '{"code":"[45]..","swap":true,"error":true,"target":"#told"}]}'
)
"What htmx may do: run no text as a script, keep no page of ours; what is refused it shows where pages tell things."
PLAIN = "default-src 'none'; style-src 'self'; img-src 'self'"
"A page without a script."
LIVE = f"{PLAIN} data:; script-src 'self'; connect-src 'self'"
"A page of the fax centre: its scripts are files of ours; previews stand in it as they are."


class Pages:
    """All templates there are."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        """`zone` is what moments are told in."""
        self.assets = Assets()
        self.languages = Languages()
        self._zone = zone
        self._templates = Environment(
            loader=ChoiceLoader(
                [PackageLoader("unifax.web", "pages"), PackageLoader("unifax.web.center", "templates")]
            ),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=["jinja2.ext.i18n"],
        )
        self._templates.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
        self._templates.globals |= {"asset": self.assets.address, "languages": self.languages.all, "htmx": HTMX}
        self._templates.filters |= {"moment": self._moment, "date": _date, "number": _number}

    def show(
        self,
        request: Request,
        visit: Visit,
        name: str,
        values: Mapping[str, object],
        status: int = 200,
        leads_to: str | None = None,
        policy: str = PLAIN,
    ) -> Response:
        """Return a page. A form of it may lead to another site, by a redirect of ours; browsers must be told."""
        text = self.rendered(request, visit, name, values)
        response = HTMLResponse(text, status, headers=headers(policy, leads_to))
        if visit.is_new:
            remember(request, response, visit.secret)
        return response

    def rendered(self, request: Request, visit: Visit, name: str, values: Mapping[str, object]) -> str:
        """Return the HTML of a page, or of a part of one."""
        person = "" if visit.person is None else visit.person.name
        here = address_here(request) if request.method in SAFE else HOME
        said = {"language": self.languages.of(request), "proof": visit.proof, "person": person, "here": here}
        return self._templates.get_template(name).render(said | dict(values))

    @pass_context
    def _moment(self, context: Context, at: datetime) -> Markup:
        said = _language(context).moment(at, self._zone)
        return Markup('<time datetime="{}">{}</time>').format(at.astimezone(UTC).isoformat(timespec="seconds"), said)


def headers(policy: str, leads_to: str | None = None) -> Mapping[str, str]:
    """Return what is said of every page."""
    forms = "'self'" if leads_to is None else f"'self' {_source(leads_to)}"
    return {
        "Content-Security-Policy": f"{policy}; form-action {forms}; base-uri 'none'; frame-ancestors 'none'",
        "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
        "X-Content-Type-Options": "nosniff",
        # Of another site's address nothing is told; of ours the Origin must be, or no form could prove itself.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def _source(uri: str) -> str:
    """Return where a form may lead (CSP3 2.3.1). Its grammar has no IPv6 address, so that is its scheme alone."""
    parts = urlsplit(uri)
    return f"{parts.scheme}:" if "[" in parts.netloc else f"{parts.scheme}://{parts.netloc}"


def address_here(request: Request) -> str:
    """Return the place of this site that was asked for, with its query."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def sent_on(address: str) -> Response:
    """Return the browser somewhere, by GET. Nothing of the address is kept: it may hold a code."""
    return RedirectResponse(address, 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


def _language(context: Context) -> Language:
    language = context["language"]
    assert isinstance(language, Language)
    return language


@pass_context
def _gettext(context: Context, text: str) -> str:
    return _language(context).gettext(text)


@pass_context
def _ngettext(context: Context, one: str, many: str, count: int) -> str:
    return _language(context).ngettext(one, many, count)


@pass_context
def _date(context: Context, day: date) -> str:
    return _language(context).date(day)


@pass_context
def _number(context: Context, number: float) -> str:
    return _language(context).number(number)
