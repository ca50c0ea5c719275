"""The audit log, as people read it. Decides nothing."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.audit import Action, Entry
from unifax.store import audit, directory
from unifax.store.db import Connection
from unifax.web.center.frame import Center, Visitor
from unifax.web.center.operator.door import AUDIT, READ, id_of, operators, page

COUNT = 50


def routes(center: Center) -> APIRouter:
    """Return the route of the audit log."""
    router = center.router()
    operator = Depends(operators(center))

    @router.api_route(AUDIT, methods=READ)
    async def log(
        request: Request,
        visitor: Annotated[Visitor, operator],
        action: str = "",
        account: str = "",
        before: str = "",
    ) -> Response:
        """Show what was done, the latest first: all, or deeds of one kind, or those about one account."""
        wanted = next((each for each in Action if each.value == action), None)
        asked = (id_of(before), COUNT, wanted, id_of(account))
        entries, names = await center.office.db.aread(_entries, visitor.viewer, *asked)
        filters = {name: value for name, value in (("action", action), ("account", account)) if value}
        older = f"{AUDIT}?{urlencode(filters | {'before': entries[-1].id})}" if len(entries) == COUNT else ""
        return page(
            center,
            request,
            visitor,
            AUDIT,
            "audit.html",
            entries=entries,
            names=names,
            actions=list(Action),
            action=action,
            account=account,
            older=older,
            newest=f"{AUDIT}?{urlencode(filters)}" if before else "",
        )

    return router


def _entries(
    conn: Connection, viewer: Viewer, before: int | None, count: int, action: Action | None, account_id: int | None
) -> tuple[Sequence[Entry], Mapping[int, str]]:
    """Return some entries, and the names of the accounts in them."""
    entries = audit.latest_entries(conn, viewer, before, count, action, account_id)
    ids = {account for entry in entries for account in (entry.deed.account_id, entry.deed.actor_id) if account}
    return entries, directory.names(conn, viewer, ids)
