"""What the site says about itself: OpenAPI for programs, `/docs` for people, `/llms.txt` for language models.

All three are made from the same routes. Nothing is fetched from elsewhere: an installation may have no internet.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from fastapi import APIRouter
from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from unifax.web.openapi import openapi_of
from unifax.web.openapi_words import Tree
from unifax.web.uapi.errors import Json

PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"A page with a style of its own, and nothing else: no script, no picture, no form, no frame."


@dataclass(frozen=True, slots=True)
class Reference:
    """The three documents. Each is made when it is first asked for."""

    openapi: Callable[[], Tree]
    page: Callable[[], str]
    llms: Callable[[], str]


def reference_of(routers: Sequence[APIRouter]) -> Reference:
    """Return what is to be said of some routes."""

    @cache
    def openapi() -> Tree:
        return openapi_of(routers, version("unifax"))

    return Reference(
        openapi, cache(lambda: _rendered("reference.html", openapi())), cache(lambda: _rendered("llms.txt", openapi()))
    )


def reference_routes(routers: Sequence[APIRouter]) -> APIRouter:
    """Return the routes that tell of the others."""
    reference = reference_of(routers)
    router = APIRouter(redirect_slashes=False, include_in_schema=False)

    @router.api_route("/openapi.json", methods=["GET", "HEAD"])
    async def openapi() -> Response:
        return Json(reference.openapi())

    @router.api_route("/docs", methods=["GET", "HEAD"])
    async def page() -> Response:
        return HTMLResponse(reference.page(), headers=PAGE_HEADERS)

    @router.api_route("/llms.txt", methods=["GET", "HEAD"])
    async def llms() -> Response:
        return PlainTextResponse(reference.llms(), headers={"X-Content-Type-Options": "nosniff"})

    return router


def _rendered(template: str, openapi: Tree) -> str:
    environment = Environment(
        loader=PackageLoader("unifax.web", "pages"),
        autoescape=template.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["said"] = said
    return environment.get_template(template).render(openapi=openapi, groups=_groups(openapi))


def said(text: str) -> Markup:
    """Return a description as HTML: paragraphs, and what stands in backticks as code."""
    paragraphs = (re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(each))) for each in text.split("\n\n"))
    return Markup("".join(f"<p>{each.strip()}</p>" for each in paragraphs if each.strip()))


def _groups(openapi: Tree) -> Mapping[str, Sequence[tuple[str, str, Tree]]]:
    """Return method, path and operation of every route, by the tag that it has."""
    groups: dict[str, list[tuple[str, str, Tree]]] = {tag["name"]: [] for tag in openapi["tags"]}
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            groups[operation["tags"][0]].append((method.upper(), path, operation))
    return groups
