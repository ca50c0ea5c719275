"""Who may look at the pages of who runs the service, and what leads from one of them to the others. Knows no page."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import AccountKind
from unifax.model.errors import NotFound
from unifax.web.center.frame import Center, Visitor
from unifax.web.languages import N_

READ = ["GET", "HEAD"]
OPERATOR = "/operator"
FAILURES, USE, CALLS, ACCOUNTS, AUDIT = (
    f"{OPERATOR}/{name}" for name in ("failures", "use", "calls", "accounts", "audit")
)
TABS: Sequence[tuple[str, str]] = [
    (OPERATOR, N_("Now")),
    (FAILURES, N_("Failures")),
    (USE, N_("Limits and use")),
    (CALLS, N_("Calls")),
    (ACCOUNTS, N_("Accounts")),
    (AUDIT, N_("Audit log")),
]


def operators(center: Center) -> Callable[[Visitor], Awaitable[Visitor]]:
    """Return the dependency that lets in administrators: for others it raises NotFound."""

    async def operator(visitor: Annotated[Visitor, Depends(center.visitor)]) -> Visitor:
        if visitor.kind is not AccountKind.ADMINISTRATOR:
            raise NotFound("There is no such page.")
        return visitor

    return operator


def page(center: Center, request: Request, visitor: Visitor, tab: str, template: str, **values: object) -> Response:
    """Return one of these pages, with the way to the others."""
    tabs = [(address, label, address == tab) for address, label in TABS]
    return center.page(request, visitor, f"operator/{template}", 200, tabs=tabs, **values)


def id_of(text: str) -> int | None:
    """Return a number of an address; None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
