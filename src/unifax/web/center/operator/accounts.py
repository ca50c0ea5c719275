"""The tree of accounts, one branch at a time. Decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import Account, AccountKind, Terminal, Viewer
from unifax.service import administration
from unifax.store import directory
from unifax.store.db import Connection
from unifax.store.directory import Branch
from unifax.web.center.frame import Center, Visitor
from unifax.web.center.operator.door import ACCOUNTS, AUDIT, READ, id_of, operators, page
from unifax.web.languages import N_

COUNT = 100
KINDS = {
    AccountKind.ADMINISTRATOR: N_("Administrator"),
    AccountKind.ORGANIZATION: N_("Organization"),
    AccountKind.USER: N_("User"),
}


@dataclass(frozen=True, slots=True)
class Grown:
    """An account, the way to it, and what hangs on it."""

    way: Sequence[Account]
    "From the top to the account itself; empty at the top."
    branches: Sequence[Branch]
    terminals: Sequence[Terminal]


def routes(center: Center) -> APIRouter:
    """Return the route of the tree."""
    router = center.router()
    operator = Depends(operators(center))

    @router.api_route(ACCOUNTS, methods=READ)
    async def accounts(
        request: Request, visitor: Annotated[Visitor, operator], below: str = "", after: str = ""
    ) -> Response:
        """Show what is directly below an account, or the top of the tree."""
        account_id = id_of(below)
        grown = await center.office.db.aread(_grown, visitor.viewer, account_id, id_of(after) or 0)
        more = ""
        if len(grown.branches) == COUNT:
            more = f"{ACCOUNTS}?below={account_id or ''}&after={grown.branches[-1].account.id}"
        return page(
            center,
            request,
            visitor,
            ACCOUNTS,
            "accounts.html",
            way=grown.way,
            branches=grown.branches,
            terminals=grown.terminals,
            kinds=KINDS,
            more=more,
            address=ACCOUNTS,
            audit=AUDIT,
        )

    return router


def _grown(conn: Connection, viewer: Viewer, account_id: int | None, after: int) -> Grown:
    """Raises NotFound."""
    way: list[Account] = []
    above = account_id
    while above is not None:
        way.insert(0, administration.account(conn, viewer, above))
        above = way[0].parent_id
    terminals = [] if account_id is None else directory.terminals_of(conn, viewer, account_id, COUNT)
    return Grown(way, directory.branches(conn, viewer, account_id, after, COUNT), terminals)
