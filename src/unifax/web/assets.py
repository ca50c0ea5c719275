"""What pages are dressed in: style, script, icon. Each address names its very content, so a browser keeps it for good.

Knows no page.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from unifax.model.errors import NotFound

FOLDER = Path(__file__).parent / "pages" / "static"
TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
HASH_DIGITS = 16

_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is handed out."""

    address: str
    content: bytes
    media_type: str


class Assets:
    """All files of a folder that are of a type for pages."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._assets = {path.name: _asset(path) for path in sorted(folder.iterdir()) if path.suffix in TYPES}

    def address(self, name: str) -> str:
        """Return where a file is to be had. There must be one of this name."""
        return self._assets[name].address

    def routes(self) -> APIRouter:
        """Return the route that hands them out."""
        router = APIRouter(redirect_slashes=False, include_in_schema=False)
        there = {asset.address: asset for asset in self._assets.values()}

        @router.api_route("/assets/{name}", methods=["GET", "HEAD"])
        async def asset(name: str) -> Response:
            found = there.get(f"/assets/{name}")
            if found is None:
                raise NotFound("There is no such file, or no longer.")
            return Response(found.content, media_type=found.media_type, headers=_HEADERS)

        return router


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:HASH_DIGITS]
    return Asset(f"/assets/{path.stem}.{digest}{path.suffix}", content, TYPES[path.suffix])
