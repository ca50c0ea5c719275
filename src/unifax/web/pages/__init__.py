"""Pages for people, rendered on the server, without a script. Knows no routes and no accounts."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from unifax.web.browser import Visit, remember


class Pages:
    """The templates beside this module."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=PackageLoader("unifax.web", "pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            auto_reload=False,
        )
        style = Path(__file__).with_name("style.css").read_text()
        self._style = Markup(style)
        self._style_hash = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    def show(
        self,
        request: Request,
        visit: Visit,
        name: str,
        values: Mapping[str, str],
        status: int = 200,
        leads_to: str | None = None,
    ) -> Response:
        """Return a page. A form of it may lead to another site, by a redirect of ours; browsers must be told."""
        person = "" if visit.person is None else visit.person.name
        text = self._templates.get_template(name).render(
            {"style": self._style, "proof": visit.proof, "person": person, **values}
        )
        response = HTMLResponse(text, status, headers=self._headers(leads_to))
        if visit.is_new:
            remember(request, response, visit.secret)
        return response

    def _headers(self, leads_to: str | None) -> dict[str, str]:
        forms = "'self'" if leads_to is None else f"'self' {_source(leads_to)}"
        return {
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{self._style_hash}'; form-action {forms};"
                " base-uri 'none'; frame-ancestors 'none'"
            ),
            "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
            "X-Content-Type-Options": "nosniff",
            # Of another site's address nothing is told; of ours the Origin must be, or no form could prove itself.
            "Referrer-Policy": "same-origin",
            "Cache-Control": "no-store",
        }


def _source(uri: str) -> str:
    """Return where a form may lead (CSP3 2.3.1). Its grammar has no IPv6 address, so that is its scheme alone."""
    parts = urlsplit(uri)
    return f"{parts.scheme}:" if "[" in parts.netloc else f"{parts.scheme}://{parts.netloc}"


def sent_on(address: str) -> Response:
    """Return the browser somewhere, by GET. Nothing of the address is kept: it may hold a code."""
    return RedirectResponse(address, 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
