"""Lists page by page: which page a browser asks for, and the addresses of those next to it. Knows no list."""

from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from unifax.model.collection import Listing, Window
from unifax.web.uapi.collections import anchor_of, cursor

AT_ONCE = 25
"Entries of a page."


def window_of(request: Request) -> Window:
    """Return the page that is asked for, the newest first. Raises StartIndexInvalid for an address that is not ours."""
    anchor = anchor_of(request.query_params.get("page"))
    before = 0 if anchor is None else 1  # all that is asked of it is whether there is anything
    return Window(AT_ONCE, before, anchor, descending=True)


def turned(request: Request, listing: Listing) -> dict[str, str | None]:
    """Return the addresses of the pages with what is newer, and older, for the macro `turning`."""
    return {
        "newer": _page(request, "before", listing) if listing.has_prev else None,
        "older": _page(request, "after", listing) if listing.has_next else None,
    }


def _page(request: Request, side: str, listing: Listing) -> str:
    kept = [pair for pair in parse_qsl(request.url.query) if pair[0] != "page"]
    return f"{request.url.path}?{urlencode([*kept, ('page', cursor(side, listing))])}"
